using Clip.Distributed.Nccl;

namespace Clip.Distributed.Tests.Nccl;

/// <summary>A library with NCCL's functions for ranks that are threads of one process and memory of the CPU. It insists on what the real one would.</summary>
internal static class StubNccl
{
    /// <summary>Compiles and loads it.</summary>
    public static async Task<NcclLibrary> LoadAsync(TemporaryFolder folder)
    {
        var path = folder.File("libstub_nccl.so");
        await CLibrary.CompileAsync(path, Source);
        return NcclLibrary.Load(path);
    }

    // Numbers of types, operations and errors are nccl.h's. A count of 666 fails, and 667 fails later.
    private const string Source = """
        #include <pthread.h>
        #include <stdlib.h>
        #include <string.h>

        typedef struct { char internal[128]; } ncclUniqueId;
        typedef struct { ncclUniqueId id; int size, joined, left, arrived; long turn; const void *send[64]; void *recv[64]; int root; } World;
        typedef struct { World *world; int rank, size, later; } *ncclComm_t;

        static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
        static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
        static World *worlds[1024];
        static int count;
        static unsigned char drawn;

        int ncclGetVersion(int *version) { *version = 22703; return 0; }
        const char *ncclGetErrorString(int error) { return error == 4 ? "made-up text of error 4" : error == 6 ? "made-up text of error 6" : ""; }
        const char *ncclGetLastError(ncclComm_t comm) { return comm ? "the last words of a communicator\n" : "the last words\n"; }

        int ncclGetUniqueId(ncclUniqueId *id)
        {
            pthread_mutex_lock(&mutex);
            drawn++;
            pthread_mutex_unlock(&mutex);
            for (int i = 0; i < 128; i++)
                id->internal[i] = (char)(drawn + 3 * i);
            return 0;
        }

        static void wait_for_all(World *world)
        {
            long turn = world->turn;
            if (++world->arrived == world->size) { world->arrived = 0; world->turn++; pthread_cond_broadcast(&changed); }
            while (world->turn == turn)
                pthread_cond_wait(&changed, &mutex);
        }

        int ncclCommInitRank(ncclComm_t *comm, int size, ncclUniqueId id, int rank)
        {
            if (rank < 0 || rank >= size || size > 64)
                return 4;
            pthread_mutex_lock(&mutex);
            World *world = NULL;
            for (int i = 0; i < count && !world; i++)
                if (memcmp(&worlds[i]->id, &id, sizeof id) == 0)
                    world = worlds[i];
            if (!world)
            {
                world = worlds[count++] = calloc(1, sizeof *world);
                world->id = id;
                world->size = size;
            }
            *comm = calloc(1, sizeof **comm);
            (*comm)->world = world;
            (*comm)->rank = rank;
            (*comm)->size = size;
            int result = world->size == size ? 0 : 5;
            if (!result)
                wait_for_all(world);
            pthread_mutex_unlock(&mutex);
            return result;
        }

        int ncclCommDestroy(ncclComm_t comm) { free(comm); return 0; }
        int ncclCommAbort(ncclComm_t comm) { return 0; }
        int ncclCommGetAsyncError(ncclComm_t comm, int *error) { *error = comm->later; return 0; }

        static size_t size_of(int type) { return type == 4 || type == 8 ? 8 : type == 7 ? 4 : 0; }

        static void add(void *sum, const void *values, size_t n, int type)
        {
            for (size_t i = 0; i < n; i++)
                if (type == 4) ((long *)sum)[i] += ((const long *)values)[i];
                else if (type == 7) ((float *)sum)[i] += ((const float *)values)[i];
                else ((double *)sum)[i] += ((const double *)values)[i];
        }

        /* Sums of n elements from offset on over all ranks, in their order, into a block of their own. */
        static void *summed(World *world, size_t offset, size_t n, int type)
        {
            void *sum = calloc(n ? n : 1, size_of(type));
            for (int rank = 0; rank < world->size; rank++)
                add(sum, (const char *)world->send[rank] + offset * size_of(type), n, type);
            return sum;
        }

        static int begin(ncclComm_t comm, const void *send, void *recv, size_t n, int type, int op, void *stream)
        {
            if (!size_of(type) || op != 0 || stream || n == 666)
                return 4;
            if (n == 667)
                comm->later = 6;
            pthread_mutex_lock(&mutex);
            comm->world->send[comm->rank] = send;
            comm->world->recv[comm->rank] = recv;
            wait_for_all(comm->world);
            return 0;
        }

        static int end(ncclComm_t comm, void *result, void *recv, size_t bytes)
        {
            wait_for_all(comm->world);      /* nobody writes before all have read */
            memcpy(recv, result, bytes);
            free(result);
            wait_for_all(comm->world);
            pthread_mutex_unlock(&mutex);
            return 0;
        }

        int ncclAllReduce(const void *send, void *recv, size_t n, int type, int op, ncclComm_t comm, void *stream)
        {
            int result = begin(comm, send, recv, n, type, op, stream);
            return result ? result : end(comm, summed(comm->world, 0, n, type), recv, n * size_of(type));
        }

        int ncclReduceScatter(const void *send, void *recv, size_t n, int type, int op, ncclComm_t comm, void *stream)
        {
            int result = begin(comm, send, recv, n, type, op, stream);
            return result ? result : end(comm, summed(comm->world, comm->rank * n, n, type), recv, n * size_of(type));
        }

        int ncclBroadcast(const void *send, void *recv, size_t n, int type, int root, ncclComm_t comm, void *stream)
        {
            int result = begin(comm, send, recv, n, type, 0, stream);
            if (result)
                return result;
            void *copy = malloc(n * size_of(type) + 1);
            memcpy(copy, comm->world->send[root], n * size_of(type));
            return end(comm, copy, recv, n * size_of(type));
        }

        int ncclAllGather(const void *send, void *recv, size_t n, int type, ncclComm_t comm, void *stream)
        {
            int result = begin(comm, send, recv, n, type, 0, stream);
            if (result)
                return result;
            char *all = malloc(comm->size * n * size_of(type) + 1);
            for (int rank = 0; rank < comm->size; rank++)
                memcpy(all + rank * n * size_of(type), comm->world->send[rank], n * size_of(type));
            return end(comm, all, recv, comm->size * n * size_of(type));
        }
        """;
}
