using System.Runtime.InteropServices;
using System.Text;

namespace Clip.Runtime.Devices;

/// <summary>What the NVIDIA driver of this machine says, asked without TorchSharp.</summary>
/// <remarks>The driver's library is optional: where it is absent, there is simply no device.</remarks>
internal sealed record CudaDriver
{
    private const int MajorAttribute = 75, MinorAttribute = 76;

    private static readonly Lazy<CudaDriver> OfThisMachine = new(Query);

    /// <summary>A machine without the driver.</summary>
    public static CudaDriver Absent { get; } = new();

    /// <summary>Whether the driver's library loads.</summary>
    public bool IsInstalled { get; init; }

    /// <summary>What the driver answered when it started: 0 for success, or its error code.</summary>
    public int Status { get; init; }

    /// <summary>The newest version of CUDA that the driver serves, or null when it is absent.</summary>
    public Version? CudaVersion { get; init; }

    /// <summary>The devices this process may use; CUDA_VISIBLE_DEVICES hides some.</summary>
    public IReadOnlyList<CudaDevice> Devices { get; init; } = [];

    /// <summary>The driver of this machine, asked once per process.</summary>
    public static CudaDriver Detect() => OfThisMachine.Value;

    private static unsafe CudaDriver Query()
    {
        var name = OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1";
        if (OperatingSystem.IsMacOS() || !NativeLibrary.TryLoad(name, out var library))
            return Absent;

        try
        {
            var initialize = (delegate* unmanaged<uint, int>)NativeLibrary.GetExport(library, "cuInit");
            var getVersion = (delegate* unmanaged<int*, int>)NativeLibrary.GetExport(library, "cuDriverGetVersion");
            var getCount = (delegate* unmanaged<int*, int>)NativeLibrary.GetExport(library, "cuDeviceGetCount");

            int number;
            var version = getVersion(&number) == 0 ? ReadVersion(number) : null;
            var status = initialize(0);
            var count = 0;
            if (status == 0)
                status = getCount(&count);

            var devices = new List<CudaDevice>();
            while (devices.Count < count && QueryDevice(library, devices.Count) is { } device)
                devices.Add(device);
            return new CudaDriver { IsInstalled = true, Status = status, CudaVersion = version, Devices = devices };
        }
        catch (EntryPointNotFoundException)
        {
            return Absent;      // something else of that name
        }
    }

    private static unsafe CudaDevice? QueryDevice(nint library, int index)
    {
        var get = (delegate* unmanaged<int*, int, int>)NativeLibrary.GetExport(library, "cuDeviceGet");
        var getName = (delegate* unmanaged<byte*, int, int, int>)NativeLibrary.GetExport(library, "cuDeviceGetName");
        var getMemory = (delegate* unmanaged<nuint*, int, int>)NativeLibrary.GetExport(library, "cuDeviceTotalMem_v2");
        var getAttribute = (delegate* unmanaged<int*, int, int, int>)NativeLibrary.GetExport(library, "cuDeviceGetAttribute");

        int device, major, minor;
        nuint memory;
        var name = stackalloc byte[256];
        if (get(&device, index) != 0 || getName(name, 256, device) != 0 || getMemory(&memory, device) != 0
            || getAttribute(&major, MajorAttribute, device) != 0 || getAttribute(&minor, MinorAttribute, device) != 0)
        {
            return null;
        }
        var text = Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name));
        return new CudaDevice(index, text, new Version(major, minor), (long)memory);
    }

    /// <summary>The driver writes 12.8 as 12080.</summary>
    private static Version ReadVersion(int number) => new(number / 1000, number % 1000 / 10);
}
