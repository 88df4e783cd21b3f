using Clip.Runtime.Native;

namespace Clip.Runtime.Tests.Diagnostics;

public sealed class DiagnosticReportTests
{
    [Fact]
    public void Create_OnThisMachine_FindsEverything()
    {
        var report = DiagnosticReport.Create("cpu", Precision.Float32);

        Assert.Equal(NativePackages.TorchSharpVersion, report.TorchSharpVersion);
        Assert.Equal(torch.NormalizeNuGetVersion(torch.__version__), report.LibTorchVersion);
        Assert.EndsWith(NativeSearchPath.FileName("torch_cpu"), report.LibTorchPath);
        Assert.EndsWith(NativeSearchPath.FileName("LibTorchSharp"), report.TorchSharpPath);
        Assert.Equal(get_num_threads(), report.IntraOpThreads);
        Assert.InRange(report.AvailableMemoryBytes ?? 1, 1, report.MemoryBytes);
        Assert.Equal("cpu in float32", report.Target?.ToString());
    }

    [Theory]
    [InlineData("toaster", Precision.Auto, "The device is \"auto\"")]
    [InlineData("cpu", Precision.Float16, "The CPU does not serve float16")]
    [InlineData("cpu", (Precision)9, "The precision is not defined")]
    public void Create_WhatCannotBeServed_IsAProblem(string device, Precision precision, string expected)
    {
        var report = DiagnosticReport.Create(device, precision);

        Assert.Null(report.Target);
        Assert.Contains(report.Problems, problem => problem.Description.StartsWith(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void ToString_EveryLine_IsAligned()
    {
        var lines = DiagnosticReport.Create().ToString().TrimEnd().Split(Environment.NewLine);

        Assert.InRange(lines.Length, 12, 40);
        Assert.All(lines, line => Assert.True(line[12] == ' ' && line[13] != ' ', line));
    }

    [Fact]
    public async Task ToString_ApplicationBelowTheHomeFolder_DoesNotNameTheUser()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The home folder is moved by a variable.");
        using var home = new TemporaryFolder();
        var application = ProbeApplication.Built.CopyTo(home.Path, withLibraries: true);

        var result = await application.RunAsync(["report"], ("HOME", home.Path), ("XDG_CACHE_HOME", ""));

        Assert.Contains("0.107.0, ~/runtimes/linux-x64/native/libLibTorchSharp.so", result.Output);
        Assert.DoesNotContain(home.Path, result.Output);
    }
}
