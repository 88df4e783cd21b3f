using System.Runtime.InteropServices;

namespace Clip.Distributed.Mpi;

/// <summary>The handles of one library, as wide as a pointer: a function that takes a number of 32 bits sees its low half.</summary>
/// <param name="World">The communicator of all ranks.</param>
/// <param name="Sum">The operation that adds.</param>
/// <param name="InPlace">Says that the receive buffer holds the input too.</param>
/// <param name="Float">32-bit floating point.</param>
/// <param name="Double">64-bit floating point.</param>
/// <param name="Int64">64-bit integers.</param>
/// <param name="Funneled">The level of thread support at which one thread makes all calls.</param>
internal sealed record MpiHandles(nint World, nint Sum, nint InPlace, nint Float, nint Double, nint Int64, int Funneled)
{
    // MPI: A Message-Passing Interface Standard, version 5.0, appendix A.1.1 (the constants of the ABI). The level of threads is another number too.
    private static readonly MpiHandles Standard = new(0x101, 0x21, 1, 0x210, 0x214, 0x20b, 1024);

    // mpi.h of MPICH, whose interface is fixed by the MPICH ABI Compatibility Initiative; the same in MS-MPI.
    private static readonly MpiHandles Mpich = new(0x44000000, 0x58000003, -1, 0x4c00040a, 0x4c00080b, 0x4c000809, 1);

    /// <summary>The handles of a library.</summary>
    /// <exception cref="EntryPointNotFoundException">It does not export them.</exception>
    public static MpiHandles Of(MpiFlavor flavor, nint library) => flavor switch
    {
        MpiFlavor.Mpich => Mpich,
        MpiFlavor.Standard => Standard,
        // ompi/include/mpi.h.
        MpiFlavor.OpenMpi => new MpiHandles(
            NativeLibrary.GetExport(library, "ompi_mpi_comm_world"),
            NativeLibrary.GetExport(library, "ompi_mpi_op_sum"),
            1,
            NativeLibrary.GetExport(library, "ompi_mpi_float"),
            NativeLibrary.GetExport(library, "ompi_mpi_double"),
            NativeLibrary.GetExport(library, "ompi_mpi_long_long_int"),
            1),
        _ => throw new ArgumentOutOfRangeException(nameof(flavor), flavor, null),
    };
}
