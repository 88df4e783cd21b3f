using Clip.Checkpoints.Sharding;

namespace Clip.Checkpoints.Tests.Sharding;

public sealed class ShardNameTests
{
    [Theory]
    [InlineData("model-00001-of-00002.safetensors")]
    [InlineData("pytorch_model.bin")]
    [InlineData("..model")]
    public void IsPlain_FileName_IsAccepted(string name) => Assert.True(ShardName.IsPlain(name));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("C:b")]
    [InlineData("https://host/b")]
    [InlineData("a\0b")]
    [InlineData("b. ")]
    [InlineData("b*")]
    public void IsPlain_AnythingElse_IsRefused(string name) => Assert.False(ShardName.IsPlain(name));
}
