namespace Clip.Runtime.Tests;

public sealed class TorchLibrariesTests
{
    [Fact]
    public void EnsureLoaded_OnThisSystem_TorchComputes()
    {
        TorchLibraries.EnsureLoaded();

        using var sum = ones(3).sum();
        Assert.Equal(3f, sum.item<float>());
    }

    [Fact]
    public void EnsureLoaded_ManyThreads_AllReturn() =>
        Parallel.For(0, 16, _ => TorchLibraries.EnsureLoaded());

    [Theory]
    [InlineData("torch-first")]
    [InlineData("clip-first")]
    public async Task Register_ByTheModuleInitializer_WhateverIsTouchedFirst(string probe)
    {
        var result = await ProbeApplication.Built.RunAsync([probe]);

        Assert.Equal(new(0, $"sum 3{Environment.NewLine}", ""), result);
    }
}
