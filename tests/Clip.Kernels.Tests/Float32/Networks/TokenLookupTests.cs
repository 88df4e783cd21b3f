using Clip.Kernels.Float32.Networks;
using Clip.Runtime;

namespace Clip.Kernels.Tests.Float32.Networks;

[Collection(nameof(TestTensors))]
public sealed class TokenLookupTests
{
    public TokenLookupTests() => TorchLibraries.EnsureLoaded();

    [Fact]
    public void Forward_Ids_AreTheRowsPlusPositions()
    {
        using var scope = NewDisposeScope();
        var (table, positions) = (TestTensors.Create(11, 21), TestTensors.Create(6, 21));
        var ids = tensor(new long[,] { { 0, 10, 3, 3 }, { 7, 7, 1, 9 } });

        var expected = table.index_select(0, ids.flatten()).view(2, 4, 21) + positions.narrow(0, 0, 4);

        TensorAssert.BitEqual(expected, TokenLookup.TryCreate(table, positions)!.Forward(ids));
    }

    [Theory]
    [InlineData(-1), InlineData(11), InlineData(long.MinValue)]
    public void Forward_IdBeyondTheTable_IsRefused(long id)
    {
        using var scope = NewDisposeScope();
        var ids = tensor(new[,] { { 0, id } });

        var error = Assert.Throws<ArgumentOutOfRangeException>(() => TokenLookup.TryCreate(TestTensors.Create(11, 8), TestTensors.Create(2, 8))!.Forward(ids));

        Assert.Contains("The vocabulary has 11 tokens.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TryCreate_OtherDTypes_AreLeftToLibtorch()
    {
        using var scope = NewDisposeScope();
        Assert.Null(TokenLookup.TryCreate(zeros([3, 8], ScalarType.Float64), zeros(2, 8)));
    }
}
