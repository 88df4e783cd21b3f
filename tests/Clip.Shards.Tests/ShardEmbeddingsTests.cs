using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Text;
using Clip.Shards.Tests.Support;
using Clip.Training.Tests.Data;

namespace Clip.Shards.Tests;

/// <summary>The search over what workers wrote.</summary>
public sealed class ShardEmbeddingsTests(TinyModel model) : IDisposable
{
    private readonly ShardFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    [NoTensorLeaks]
    public async Task FindClosest_WorkersFiles_IsTheImageWithItsMetadata()
    {
        await new ShardEmbedder(model.Clip, _files.Store).RunAsync(_files.Write(3));
        using var embeddings = await ShardEmbeddings.OpenAsync(_files.Output);
        await embeddings.RequireModelAsync(model.Clip);

        Assert.Equal((18, model.Clip.EmbeddingSize, 3), (embeddings.Count, embeddings.EmbeddingSize, embeddings.Shards.Count));
        Assert.Equal(new ShardRowRange(6, 6), new ShardRowRange(embeddings.Shards[1].Begin, embeddings.Shards[1].Count));
        for (var row = 0; row < 18; row++)
        {
            var query = model.Clip.EmbedImage(Preprocessing.ImageSource.FromBytes(ShardFiles.Image(row)));
            var closest = embeddings.FindClosest(query, 1)[0];
            Assert.Equal(row, closest.Row);
            Assert.Equal(1, closest.Similarity, 2e-3);
            var sample = embeddings.Describe([closest.Row])[0];
            Assert.Equal(new EmbeddedSample($"{row / 6:D5}", row % 6, $"{row / 6:D5}{row % 6:D4}", $"the photo {row % 6}"), sample);
        }
        Assert.Equal(["000020005", "000000000", "000020005"], embeddings.Describe([17, 0, 17]).Select(sample => sample.Key));
    }

    // More than one part, an incomplete one, an empty shard, rows that are equal, float32 beside float16, numbers without leading zeros.
    [Fact]
    public async Task FindClosest_ManyRows_EqualsComparingThemInFloat32()
    {
        const int size = 24;
        var random = new Random(5);
        int[] counts = [4097, 0, 1, 9000, 8, 3, 2, 2, 2, 5, 700];
        var all = new List<float[]>();
        for (var shard = 0; shard < counts.Length; shard++)
        {
            var rows = Enumerable.Range(0, counts[shard]).Select(_ => Unit(random, size)).ToArray();
            if (rows.Length > 600)
                rows[^1] = rows[500];
            var isHalf = shard != 3;
            WriteArray($"{shard}", isHalf, size, rows);
            all.AddRange(isHalf ? rows.Select(row => row.Select(value => (float)(Half)value).ToArray()) : rows);
        }
        using var embeddings = await ShardEmbeddings.OpenAsync(_files.Output);

        Assert.Equal(all.Count, embeddings.Count);
        for (var query = 0; query < 5; query++)
        {
            var wanted = query == 0 ? all[500] : Unit(random, size);
            var expected = EmbeddingMath.TopK(EmbeddingMath.Similarities(wanted, all), 30).Select(found => new ShardMatch(found.Index, found.Score));
            Assert.Equal(expected, embeddings.FindClosest(wanted, 30));
            var some = Enumerable.Range(0, all.Count).Where(row => row % 3 == 1 || row is > 4000 and < 4200).ToArray();
            var expectedAmong = EmbeddingMath.TopK([.. some.Select(row => TensorPrimitives.Dot<float>(wanted, all[row]))], 7).Select(found => new ShardMatch(some[found.Index], found.Score));
            Assert.Equal(expectedAmong, embeddings.FindClosestAmong(Ranges(some), wanted, 7));
        }
        var read = new List<float[]>();
        embeddings.ReadRows(new ShardRowRange(0, embeddings.Count), (row, vector) =>
        {
            Assert.Equal(read.Count, row);
            read.Add(vector.ToArray());
        });
        Assert.Equal(all, read);
        Assert.Equal([new EmbeddedSample("2", 0, null, null)], embeddings.Describe([4097]));
    }

    [Fact]
    public async Task FindClosest_RowsWithoutAnEmbedding_AreNeverFound()
    {
        float[][] rows = [[0, 0], [-1, 0], [float.NaN, 0], [float.PositiveInfinity, 0], [0, 1]];
        WriteArray("00000", true, 2, rows);

        using var embeddings = await ShardEmbeddings.OpenAsync(_files.Output);

        var found = embeddings.FindClosest(new float[] { 1, 0 }, 10);

        Assert.Equal([new ShardMatch(4, 0), new ShardMatch(1, -1)], found);
    }

    [Fact]
    public async Task RequireModel_AnotherModel_ThrowsAndNamesTheFirst()
    {
        await new ShardEmbedder(model.Clip, _files.Store).RunAsync(_files.Write(1));
        using var other = model.Load(seed: 3);
        using var embeddings = await ShardEmbeddings.OpenAsync(_files.Output);

        var error = await Assert.ThrowsAsync<ShardException>(() => embeddings.RequireModelAsync(other));

        Assert.Contains("embeddings of another model", error.Message, StringComparison.Ordinal);
        Assert.Contains("weights is", error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Damages { get; } = new()
    {
        { "empty", "begin as an array of NumPy" },
        { "text", "begin as an array of NumPy" },
        { "version", "version 9" },
        { "long header", "more than 10,000" },
        { "cut header", "cut off" },
        { "one axis", "no array of rows" },
        { "columns", "fortran_order" },
        { "integers", "'<i4'" },
        { "cut", "ends before the last" },
        { "many", "ends before the last" },
        { "too many", "no array of rows" },
        { "long rows", "more than 65,536" },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task Open_DamagedFile_NamesItAndTheRemedy(string damage, string expected)
    {
        WriteArray("00000", true, 2, [[1, 0], [0, 1]]);
        var path = Path.Combine(_files.Output, "img_emb", "img_emb_00000.npy");
        var bytes = File.ReadAllBytes(path);
        byte[] Header(string from, string to) => [.. Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(bytes[..128]).Replace(from, to, StringComparison.Ordinal)[..128]), .. bytes[128..]];
        File.WriteAllBytes(path, damage switch
        {
            "empty" => [],
            "text" => Encoding.ASCII.GetBytes(new string('x', 200)),
            "version" => [.. bytes[..6], 9, .. bytes[7..]],
            "long header" => [.. bytes[..8], 0xff, 0xff, .. bytes[10..]],
            "cut header" => bytes[..50],
            "one axis" => Header("(2, 2), ", "(4,),   "),
            "columns" => Header("False, ", "True,  "),
            "integers" => Header("<f2", "<i4"),
            "cut" => bytes[..^1],
            "long rows" => Header("(2, 2), }      ", "(0, 9000000), }"),
            "many" => Header("(2, 2), }      ", "(2000000, 2), }"),
            _ => Header("(2, 2), }                   ", "(99999999999999999999, 2), }"),
        });

        var error = await Assert.ThrowsAsync<ShardException>(() => ShardEmbeddings.OpenAsync(_files.Output));

        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains("Delete it", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_RowsOfTwoSizes_ThrowsAndNamesTheSecond()
    {
        WriteArray("00000", true, 2, [[1, 0]]);
        WriteArray("00001", true, 3, [[1, 0, 0]]);

        Assert.Contains("img_emb_00001.npy' has rows of 3 numbers, not of 2", (await Assert.ThrowsAsync<ShardException>(() => ShardEmbeddings.OpenAsync(_files.Output))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_NoEmbeddings_ThrowsAndNamesTheFolder() =>
        Assert.Contains("holds no embeddings of shards", (await Assert.ThrowsAsync<ShardException>(() => ShardEmbeddings.OpenAsync(_files.File("nothing")))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task FindClosest_FileThatChanges_ThrowsAndNamesIt()
    {
        WriteArray("00000", true, 2, [[1, 0], [0, 1]]);
        using var embeddings = await ShardEmbeddings.OpenAsync(_files.Output);
        WriteArray("00000", true, 2, [[1, 0]]);

        Assert.Contains("Search again", Assert.Throws<ShardException>(() => embeddings.FindClosest(new float[2], 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindClosest_AfterDispose_Throws()
    {
        WriteArray("00000", true, 2, [[1, 0], [0, 1]]);
        var embeddings = await ShardEmbeddings.OpenAsync(_files.Output);
        Assert.Equal(2, embeddings.FindClosest(new float[2] { 1, 0 }, 5).Count);
        embeddings.Dispose();
        embeddings.Dispose();

        Assert.Throws<ObjectDisposedException>(() => embeddings.FindClosest(new float[2], 1));
    }

    [Fact]
    public async Task Describe_DamagedMetadata_NamesTheFile()
    {
        await new ShardEmbedder(model.Clip, _files.Store).RunAsync(_files.Write(1));
        var path = Path.Combine(_files.Output, "metadata", "metadata_00000.parquet");
        File.WriteAllText(path, "no Parquet");

        using var embeddings = await ShardEmbeddings.OpenAsync(_files.Output);

        Assert.Contains(path, Assert.Throws<ShardException>(() => embeddings.Describe([0])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Describe_MetadataOfMoreRows_NamesTheFile()
    {
        await new ShardEmbedder(model.Clip, _files.Store).RunAsync(_files.Write(1));
        WriteArray("00000", true, model.Clip.EmbeddingSize, [Unit(new Random(1), model.Clip.EmbeddingSize)]);

        using var embeddings = await ShardEmbeddings.OpenAsync(_files.Output);

        Assert.Contains("more rows than the 1 of its embeddings", Assert.Throws<ShardException>(() => embeddings.Describe([0])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Members_WrongArguments_Throw()
    {
        WriteArray("00000", true, 2, [[1, 0]]);
        using var embeddings = await ShardEmbeddings.OpenAsync(_files.Output);

        Assert.Throws<ArgumentException>(() => embeddings.FindClosest(new float[3], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => embeddings.FindClosest(new float[2], 0));
        Assert.Throws<ArgumentException>(() => embeddings.FindClosestAmong([new ShardRowRange(0, 2)], new float[2], 1));
        Assert.Throws<ArgumentException>(() => embeddings.Describe([1]));
    }

    private static IEnumerable<ShardRowRange> Ranges(int[] rows)
    {
        for (var (begin, i) = (0, 1); i <= rows.Length; i++)
        {
            if (i < rows.Length && rows[i] == rows[i - 1] + 1)
                continue;
            yield return new ShardRowRange(rows[begin], i - begin);
            begin = i;
        }
    }

    private static float[] Unit(Random random, int size)
    {
        var row = new float[size];
        for (var i = 0; i < size; i++)
            row[i] = random.NextSingle() - 0.5f;
        TensorPrimitives.Divide(row, TensorPrimitives.Norm(row), row);
        return row;
    }

    // As NumPy writes it.
    private void WriteArray(string number, bool isHalf, int size, float[][] rows)
    {
        var header = $"{{'descr': '{(isHalf ? "<f2" : "<f4")}', 'fortran_order': False, 'shape': ({rows.Length}, {size}), }}".PadRight(117) + "\n";
        byte[] bytes =
        [
            0x93, .. "NUMPY"u8, 1, 0, 118, 0, .. Encoding.ASCII.GetBytes(header),
            .. rows.SelectMany(row => isHalf ? MemoryMarshal.AsBytes<Half>(row.Select(value => (Half)value).ToArray()).ToArray() : MemoryMarshal.AsBytes<float>(row).ToArray()),
        ];
        Directory.CreateDirectory(Path.Combine(_files.Output, "img_emb"));
        File.WriteAllBytes(Path.Combine(_files.Output, "img_emb", $"img_emb_{number}.npy"), bytes);
    }
}
