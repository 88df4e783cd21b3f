using Clip.Kernels.Float32.Networks;
using Clip.Kernels.Float32.Products;
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
    [InlineData("Float16", ScalarType.Float16), InlineData("BFloat16", ScalarType.BFloat16)]
    public void Forward_NarrowVectors_AreTheRoundedRowsPlusPositions(string format, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var (table, positions) = (TestTensors.Create(1100, 21), TestTensors.Create(6, 21));
        var ids = tensor(new long[,] { { 0, 1099, 3, 3 }, { 7, 700, 1, 9 } });
        var expected = table.to(dtype).to(ScalarType.Float32).index_select(0, ids.flatten()).view(2, 4, 21) + positions.narrow(0, 0, 4);

        using var kernel = NarrowTokenLookup.TryCreate(table, positions, Enum.Parse<WeightFormat>(format))!;

        TensorAssert.BitEqual(expected, kernel.Forward(ids));
        Assert.Throws<ArgumentOutOfRangeException>(() => kernel.Forward(tensor(new[,] { { 1100L } })));
    }

    [Theory]
    [InlineData("Float16", 65520f), InlineData("Float16", float.NaN), InlineData("BFloat16", float.MaxValue)]
    public void TryCreate_NarrowVectorsBeyondTheRange_IsNull(string format, float value)
    {
        using var scope = NewDisposeScope();
        var table = TestTensors.Create(1100, 21);
        table[1099, 20] = value;

        Assert.Null(NarrowTokenLookup.TryCreate(table, zeros(2, 21), Enum.Parse<WeightFormat>(format)));
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
