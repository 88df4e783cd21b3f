namespace Clip.Runtime.Tests.Devices;

/// <summary>Asks a driver library written for the test: machines without a GPU have none of NVIDIA's.</summary>
public sealed class CudaDriverTests : IDisposable
{
    private const string TwoDevices = """
        #include <string.h>
        int cuInit(unsigned flags) { return flags; }
        int cuDriverGetVersion(int *version) { *version = 12080; return 0; }
        int cuDeviceGetCount(int *count) { *count = 2; return 0; }
        int cuDeviceGet(int *device, int index) { *device = 100 + index; return 0; }
        int cuDeviceGetName(char *name, int size, int device) { strncpy(name, device == 100 ? "Made-up A" : "Made-up B", size); return 0; }
        int cuDeviceTotalMem_v2(size_t *bytes, int device) { *bytes = (device == 100 ? 24UL : 150UL) << 30; return 0; }
        int cuDeviceGetAttribute(int *value, int attribute, int device) { *value = attribute == 75 ? (device == 100 ? 8 : 12) : (device == 100 ? 9 : 0); return 0; }
        """;

    private const string NoDevice = """
        int cuInit(unsigned flags) { return 100; }
        int cuDriverGetVersion(int *version) { *version = 11040; return 0; }
        int cuDeviceGetCount(int *count) { return 3; }
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Detect_TwoDevices_ReportsThemAndThePackageThatIsMissing()
    {
        var output = await ReportWithDriverAsync(TwoDevices);

        Assert.Contains("CUDA         libtorch without CUDA, driver for CUDA 12.8, 2 devices", output);
        Assert.Contains("             cuda:0 Made-up A, compute capability 8.9, 24.0 GiB", output);
        Assert.Contains("             cuda:1 Made-up B, compute capability 12.0, 150.0 GiB", output);
        Assert.Contains(" The application references libtorch for the CPU only, so CUDA cannot be used. This machine has Made-up A.", output);
    }

    [Fact]
    public async Task Detect_DriverWithoutDevices_ReportsItsVersion() =>
        Assert.Contains("libtorch without CUDA, driver for CUDA 11.4, 0 devices", await ReportWithDriverAsync(NoDevice));

    [Fact]
    public async Task Detect_AnotherLibraryOfThatName_IsNoDriver() =>
        Assert.Contains("libtorch without CUDA, no driver, 0 devices", await ReportWithDriverAsync("int other(void) { return 0; }"));

    private async Task<string> ReportWithDriverAsync(string source)
    {
        await CLibrary.CompileAsync(Path.Combine(_folder.Path, "libcuda.so.1"), source);

        var result = await ProbeApplication.Built.RunAsync(["report"], ("LD_LIBRARY_PATH", _folder.Path));

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        return result.Output;
    }
}
