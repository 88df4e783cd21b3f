using System.Runtime.InteropServices;
using Clip.Training.Distributed;

namespace Clip.Distributed.Nccl;

/// <summary>The device that native calls of a thread are about. libtorch sets it around its own calls and puts it back, so NCCL would take the first.</summary>
internal static unsafe class CudaContext
{
    /// <summary>Makes a device the calling thread's, by the context that libtorch has on it.</summary>
    /// <param name="device">Its number among those that the process sees.</param>
    /// <exception cref="ProcessGroupException">There is no such device.</exception>
    public static void Use(int device)
    {
        var name = OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1";
        if (!NativeLibrary.TryLoad(name, out var driver))
            throw new ProcessGroupException($"NCCL needs a GPU, but the driver's {name} could not be loaded. Train by MPI on CPUs.");
        int handle;
        nint context;
        Require(((delegate* unmanaged<uint, int>)NativeLibrary.GetExport(driver, "cuInit"))(0), "cuInit", device);
        Require(((delegate* unmanaged<int*, int, int>)NativeLibrary.GetExport(driver, "cuDeviceGet"))(&handle, device), "cuDeviceGet", device);
        Require(((delegate* unmanaged<nint*, int, int>)NativeLibrary.GetExport(driver, "cuDevicePrimaryCtxRetain"))(&context, handle), "cuDevicePrimaryCtxRetain", device);
        Require(((delegate* unmanaged<nint, int>)NativeLibrary.GetExport(driver, "cuCtxSetCurrent"))(context), "cuCtxSetCurrent", device);
    }

    private static void Require(int result, string function, int device)
    {
        if (result != 0)
            throw new ProcessGroupException($"GPU {device} cannot be used: {function} failed with error {result}. Each rank of a machine needs a GPU of its own; CUDA_VISIBLE_DEVICES hides some.");
    }
}
