using Clip.Runtime;

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
}
