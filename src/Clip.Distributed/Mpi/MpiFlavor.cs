namespace Clip.Distributed.Mpi;

/// <summary>Which binary interface an MPI library has: its handles differ, its functions do not.</summary>
internal enum MpiFlavor
{
    /// <summary>Open MPI: handles are addresses of exported objects.</summary>
    OpenMpi,

    /// <summary>MPICH and what has its interface (Intel MPI, MVAPICH, Cray's, MS-MPI): handles are numbers.</summary>
    Mpich,

    /// <summary>MPI 5's standard interface, which any library may have beside its own: handles are small numbers.</summary>
    Standard,
}
