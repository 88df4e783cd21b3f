using System.Numerics.Tensors;
using Clip.Cli.Search;

namespace Clip.Cli.Tests.Search;

public sealed class ImageIndexTests : IDisposable
{
    private const int Size = 24;
    private const string Binding = "model";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // More than one part, an incomplete one, and rows that are equal.
    [Theory]
    [InlineData(1, false)]
    [InlineData(4097, true)]
    [InlineData(20_000, false)]
    public void Closest_FromFileAndFromMemory_IsTheLibrarysOrder(int count, bool isHalf)
    {
        var random = new Random(3);
        float[][] rows = [.. Enumerable.Range(0, count).Select(_ => Unit(random))];
        for (var row = 100; row < count; row += 1000)
            rows[row] = rows[row - 50];
        if (isHalf)
            Array.ForEach(rows, UnitRow.RoundToHalf);
        var written = new ImageIndex([.. Enumerable.Range(0, count).Select(row => new IndexEntry($"{row}.jpg", 1, row))], rows) { IsHalf = isHalf };
        written.Write(_folder.File("index"), Binding, Size);

        using var read = ImageIndex.Read(_folder.File("index"), Binding, Size, out var problem);

        Assert.Null(problem);
        Assert.Equal(isHalf, read.IsHalf);
        for (var query = 0; query < 5; query++)
        {
            var wanted = query == 0 ? rows[^1] : Unit(random);
            var expected = EmbeddingMath.TopK(EmbeddingMath.Similarities(wanted, rows), 30).Select(found => ($"{found.Index}.jpg", found.Score));
            Assert.Equal(expected, read.Closest(wanted, 30, CancellationToken.None).Select(found => (found.Entry.Path, found.Similarity)));
            Assert.Equal(expected, written.Closest(wanted, 30, CancellationToken.None).Select(found => (found.Entry.Path, found.Similarity)));
        }
    }

    [Fact]
    public void Detach_FileReplaced_KeepsTheRows()
    {
        var row = Unit(new Random(1));
        new ImageIndex([new IndexEntry("a", 1, 1)], [row]).Write(_folder.File("index"), Binding, Size);

        using var detached = ImageIndex.Read(_folder.File("index"), Binding, Size, out _).Detach();
        detached.Write(_folder.File("index"), Binding, Size);

        Assert.Equal(row, Assert.Single(detached.Rows));
        using var again = ImageIndex.Read(_folder.File("index"), Binding, Size, out _);
        Assert.Equal(row, Assert.Single(again.Rows));
    }

    private static float[] Unit(Random random)
    {
        var row = new float[Size];
        for (var i = 0; i < Size; i++)
            row[i] = random.NextSingle() - 0.5f;
        TensorPrimitives.Divide(row, TensorPrimitives.Norm(row), row);
        return row;
    }
}
