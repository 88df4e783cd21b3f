using System.Runtime.InteropServices;
using Clip.Distributed.Mpi;
using Clip.Training.Distributed;

namespace Clip.Distributed.Tests.Mpi;

/// <summary>MPI 5's standard interface, in a library written for the test: no system's packages have one yet. It refuses handles that are not the standard's.</summary>
public sealed class StandardInterfaceTests : IDisposable
{
    // The constants are written out as in the standard's header.
    private const string Source = """
        #include <stdint.h>
        #include <string.h>

        typedef struct MPI_ABI_Comm *MPI_Comm;
        typedef struct MPI_ABI_Op *MPI_Op;
        typedef struct MPI_ABI_Datatype *MPI_Datatype;
        #define MPI_COMM_WORLD ((MPI_Comm)0x00000101)
        #define MPI_SUM ((MPI_Op)0x00000021)
        #define MPI_LONG_LONG ((MPI_Datatype)0x0000020b)
        #define MPI_FLOAT ((MPI_Datatype)0x00000210)
        #define MPI_DOUBLE ((MPI_Datatype)0x00000214)
        #define MPI_IN_PLACE ((void *)1)
        enum { MPI_THREAD_FUNNELED = 1024, MPI_ERR_TYPE = 3, MPI_ERR_COMM = 5, MPI_ERR_OP = 10, MPI_ERR_ARG = 13 };

        static int initialized;
        static int size_of(MPI_Datatype type) { return type == MPI_FLOAT ? 4 : type == MPI_DOUBLE || type == MPI_LONG_LONG ? 8 : 0; }

        int MPI_Get_library_version(char *text, int *length) { strcpy(text, VERSION "\nmore of it"); *length = (int)strlen(text); return 0; }
        int MPI_Abi_get_version(int *major, int *minor) { *major = MAJOR; *minor = 0; return 0; }
        int MPI_Init_thread(int *argc, char ***argv, int required, int *provided) { *provided = required; initialized = 1; return required == MPI_THREAD_FUNNELED ? 0 : MPI_ERR_ARG; }
        int MPI_Initialized(int *flag) { *flag = initialized; return 0; }
        int MPI_Finalize(void) { return 0; }
        int MPI_Abort(MPI_Comm comm, int code) { return 0; }
        int MPI_Comm_rank(MPI_Comm comm, int *rank) { *rank = 0; return comm == MPI_COMM_WORLD ? 0 : MPI_ERR_COMM; }
        int MPI_Comm_size(MPI_Comm comm, int *size) { *size = 1; return comm == MPI_COMM_WORLD ? 0 : MPI_ERR_COMM; }
        int MPI_Barrier(MPI_Comm comm) { return comm == MPI_COMM_WORLD ? 0 : MPI_ERR_COMM; }
        int MPI_Bcast(void *values, int count, MPI_Datatype type, int root, MPI_Comm comm) { return comm != MPI_COMM_WORLD ? MPI_ERR_COMM : size_of(type) ? 0 : MPI_ERR_TYPE; }

        int MPI_Allreduce(const void *send, void *values, int count, MPI_Datatype type, MPI_Op op, MPI_Comm comm)
        {
            return comm != MPI_COMM_WORLD ? MPI_ERR_COMM : op != MPI_SUM ? MPI_ERR_OP : send != MPI_IN_PLACE ? MPI_ERR_ARG : size_of(type) ? 0 : MPI_ERR_TYPE;
        }

        int MPI_Allgather(const void *send, int count, MPI_Datatype type, void *all, int each, MPI_Datatype of, MPI_Comm comm)
        {
            if (comm != MPI_COMM_WORLD || !size_of(type) || type != of || count != each)
                return MPI_ERR_ARG;
            memcpy(all, send, (size_t)count * size_of(type));
            return 0;
        }

        int MPI_Reduce_scatter_block(const void *send, void *own, int count, MPI_Datatype type, MPI_Op op, MPI_Comm comm)
        {
            if (comm != MPI_COMM_WORLD || !size_of(type) || op != MPI_SUM)
                return MPI_ERR_ARG;
            memcpy(own, send, (size_t)count * size_of(type));
            return 0;
        }
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Open MPI v6.0.0")]
    [InlineData("MPICH Version: 5.0")]
    public async Task Load_StandardInterface_IsUsedWithItsHandlesWhoseverItIs(string version)
    {
        var mpi = await LoadAsync(version, 1);

        Assert.Equal((MpiFlavor.Standard, version), (mpi.Flavor, mpi.Version));
        mpi.Initialize();
        Assert.True(mpi.IsInitialized);
        Assert.Equal((0, 1), (mpi.Rank, mpi.WorldSize));
        foreach (var type in (nint[])[mpi.Handles.Float, mpi.Handles.Double, mpi.Handles.Int64])
        {
            long[] values = [1, 2, 3], others = new long[3];
            var (from, to) = (GCHandle.Alloc(values, GCHandleType.Pinned), GCHandle.Alloc(others, GCHandleType.Pinned));
            mpi.AllReduce(from.AddrOfPinnedObject(), 3, type);
            mpi.Broadcast(from.AddrOfPinnedObject(), 3, type, 0);
            mpi.AllGather(from.AddrOfPinnedObject(), to.AddrOfPinnedObject(), 3, type);
            Assert.Equal(values[0], others[0]);
            mpi.ReduceScatter(to.AddrOfPinnedObject(), from.AddrOfPinnedObject(), 3, type);
            from.Free();
            to.Free();
        }
        mpi.Barrier();
        mpi.Finish();
    }

    // A library of MPI 5 in its own interface has the function too.
    [Theory]
    [InlineData("MPICH Version: 5.0", -1, "Mpich")]
    public async Task Load_OwnInterfaceOfALibraryOfMpi5_IsTold(string version, int major, string flavor) =>
        Assert.Equal(flavor, (await LoadAsync(version, major)).Flavor.ToString());

    [Fact]
    public async Task Load_LaterStandardInterface_IsRefused() =>
        Assert.Contains("version 2.0 of MPI's standard interface", (await Assert.ThrowsAsync<ProcessGroupException>(() => LoadAsync("MPICH Version: 9", 2))).Message, StringComparison.Ordinal);

    private async Task<MpiLibrary> LoadAsync(string version, int major)
    {
        var path = _folder.File($"libmpi_abi.so.{Guid.NewGuid():N}");
        await CLibrary.CompileAsync(path, $"#define VERSION \"{version}\"\n#define MAJOR {major}\n{Source}");
        return MpiLibrary.Load(path, null);
    }
}
