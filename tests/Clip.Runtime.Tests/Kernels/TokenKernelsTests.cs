using Clip.Runtime.Kernels;

namespace Clip.Runtime.Tests.Kernels;

[Collection(nameof(KernelNumbers))]
public sealed class TokenKernelsTests
{
    public TokenKernelsTests() => TorchLibraries.EnsureLoaded();

    [Fact]
    public void TryEmbed_Ids_AreTheRowsPlusPositions()
    {
        using var scope = NewDisposeScope();
        var (table, positions) = (KernelNumbers.Create(11, 21), KernelNumbers.Create(6, 21));
        var ids = tensor(new long[,] { { 0, 10, 3, 3 }, { 7, 7, 1, 9 } });

        var expected = table.index_select(0, ids.flatten()).view(2, 4, 21) + positions.narrow(0, 0, 4);

        TensorAssert.BitEqual(expected, TokenKernels.TryEmbed(ids, table, positions)!);
    }

    [Theory]
    [InlineData(-1), InlineData(11), InlineData(long.MinValue)]
    public void TryEmbed_IdBeyondTheTable_IsRefused(long id)
    {
        using var scope = NewDisposeScope();
        var ids = tensor(new[,] { { 0, id } });

        var error = Assert.Throws<ArgumentOutOfRangeException>(() => TokenKernels.TryEmbed(ids, KernelNumbers.Create(11, 8), KernelNumbers.Create(2, 8)));

        Assert.Contains("The vocabulary has 11 tokens.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TryEmbed_OtherDTypes_AreLeftToLibtorch()
    {
        using var scope = NewDisposeScope();
        Assert.Null(TokenKernels.TryEmbed(zeros([1, 2], ScalarType.Int64), zeros([3, 8], ScalarType.Float64), zeros(2, 8)));
    }
}
