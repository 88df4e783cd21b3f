using Clip.Runtime.Cpu;
using Clip.Runtime.Numerics;
using Clip.Runtime.Tests.Cpu;

namespace Clip.Runtime.Tests.Numerics;

public sealed class OneDnnTrustTests
{
    [Fact]
    public void Decide_ProcessorThatDescribesItsCaches_ChangesNothing()
    {
        var trust = Decide(describesCaches: true);

        Assert.False(trust.MustBeLimited);
        Assert.False(trust.IsOverruled);
        Assert.Equal("in use", OneDnnReport.Describe(trust, null));
        Assert.Null(OneDnnReport.FindProblem(trust, null));
    }

    [Fact]
    public void Decide_ProcessorWithoutCaches_LimitsOneDnnAndSaysHowToOverrule()
    {
        var trust = Decide(describesCaches: false);

        Assert.True(trust.MustBeLimited);
        Assert.Equal("off: why, limited to SSE41", OneDnnReport.Describe(trust, "why"));
        Assert.Contains("ONEDNN_MAX_CPU_ISA", OneDnnReport.FindProblem(trust, "why")!.Remedy);
    }

    [Theory]
    [InlineData("ONEDNN_MAX_CPU_ISA", "AVX512_CORE", true)]
    [InlineData("DNNL_MAX_CPU_ISA", "avx2", true)]
    [InlineData("ONEDNN_MAX_CPU_ISA", "sse41", false)]
    public void Decide_VariableOfTheUser_IsLeftAlone(string variable, string value, bool overruled)
    {
        var trust = Decide(describesCaches: false, (variable, value));

        Assert.False(trust.MustBeLimited);
        Assert.Equal(overruled, trust.IsOverruled);
        Assert.Equal(overruled, OneDnnReport.FindProblem(trust, null)?.Description.Contains("results can be wrong", StringComparison.Ordinal) ?? false);
        Assert.Contains(value, OneDnnReport.Describe(trust, null));
    }

    [Fact]
    public void Decide_OtherArchitecture_ChangesNothing() => Assert.False(OneDnnTrust.Decide(null, _ => null).MustBeLimited);

    [Fact]
    public void FindProblem_OffByTrial_NamesTheOperation() =>
        Assert.Contains("conv2d 3x3", OneDnnReport.FindProblem(Decide(describesCaches: true), "it computes wrongly (conv2d 3x3)")!.Description);

    // The decision itself, in a process of its own: oneDNN tells which instructions it uses.
    [Theory]
    [InlineData("caches-hidden", "", "isa:Intel SSE4.1")]
    [InlineData("caches-hidden", "AVX2", "isa:Intel AVX2")]
    [InlineData("caches-shown", "SSE41", "isa:Intel SSE4.1")]
    public async Task LimitInstructions_BeforeTheFirstConvolution_ReachesOneDnn(string caches, string variable, string expected)
    {
        Assert.SkipUnless(System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64,
            "libtorch has oneDNN on x64.");
        Assert.SkipUnless(CpuFeatures.Detect().Contains(CpuFeatures.Avx2) && OneDnnGuard.Trust is { KnowsCaches: true }, "oneDNN is limited on this processor anyway.");

        var result = await ProbeApplication.Built.RunAsync(["convolve", caches], ("ONEDNN_VERBOSE", "1"), ("ONEDNN_MAX_CPU_ISA", variable));

        Assert.Equal(0, result.ExitCode);
        Assert.Contains(expected, result.Output);
    }

    [Theory]
    [InlineData("caches-shown", "oneDNN in use", true)]
    [InlineData("caches-hidden", "oneDNN off", false)]
    public async Task EnsureLoaded_CachesHidden_LibtorchConvolvesWithoutOneDnn(string caches, string expected, bool usesOneDnn)
    {
        Assert.SkipUnless(System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64,
            "libtorch has oneDNN on x64.");
        Assert.SkipUnless(OneDnnGuard.Trust is { KnowsCaches: true, UserLimit: null }, "oneDNN is limited in this process.");

        var result = await ProbeApplication.Built.RunAsync(["convolve-with-clip", caches], ("ONEDNN_VERBOSE", "1"));

        Assert.Equal(0, result.ExitCode);
        Assert.Contains(expected, result.Output);
        Assert.Equal(usesOneDnn, result.Output.Contains("primitive,exec", StringComparison.Ordinal));
    }

    private static OneDnnTrust Decide(bool describesCaches, params (string Name, string Value)[] variables) => OneDnnTrust.Decide(
        CpuCachesTests.Processor(CpuVendor.Amd, describesCaches),
        name => variables.FirstOrDefault(variable => variable.Name == name).Value);
}
