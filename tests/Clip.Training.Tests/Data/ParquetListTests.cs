using Clip.Training.Data;
using Clip.Shared.ParquetFiles;
using Parquet;
using Parquet.Schema;

namespace Clip.Training.Tests.Data;

/// <summary>Lists in Parquet files, whole and damaged.</summary>
public sealed class ParquetListTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("endless.parquet")]
    [InlineData("schema_null_type.parquet")]
    [InlineData("schema_overwritten.parquet")]
    public void Read_DamagedMetadata_ThrowsPairDataExceptionThatNamesTheFile(string name)
    {
        var exception = Assert.Throws<PairDataException>(() => CaptionList.Read(Fixtures.Find("lists", name)));

        Assert.Contains(name, exception.Message, StringComparison.Ordinal);
        Assert.Contains("Write it again", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, CompressionMethod.Snappy)]
    [InlineData(true, CompressionMethod.Zstd)]
    [InlineData(false, CompressionMethod.None)]
    [InlineData(false, CompressionMethod.Gzip)]
    public async Task Read_NullableOrNot_AnyCompression_GivesItsRows(bool isNullable, CompressionMethod compression)
    {
        string?[] captions = ["plain", isNullable ? null : "none", "\u00FCn\u00EF \u65E5\u672C", "plain", "", "plain"];
        var path = await Write(captions, isNullable, compression);

        var images = CaptionList.Read(path);

        Assert.Equal(captions.Select(caption => caption ?? ""), images.Select(image => image.Caption));
        Assert.Equal(Enumerable.Range(0, 6).Select(row => _folder.File($"{row}.png")), images.Select(image => image.Path));
    }

    [Fact]
    public async Task Read_RowsOfOneDictionaryEntry_ShareTheirText()
    {
        var path = await Write([.. Enumerable.Repeat("the same caption", 300)], isNullable: true, CompressionMethod.Snappy);

        var captions = CaptionList.Read(path).Select(image => image.Caption).ToList();

        Assert.All(captions, caption => Assert.Equal("the same caption", caption));
        Assert.All(captions, caption => Assert.Same(captions[0], caption));
    }

    [Fact]
    public async Task Read_CaptionThatIsNotUtf8_IsRefused()
    {
        var path = await Write(["plain", "a caf\u00E9"], isNullable: false, CompressionMethod.None);
        var bytes = File.ReadAllBytes(path);
        for (var at = bytes.AsSpan().IndexOf("\u00E9"u8); at >= 0; at = bytes.AsSpan().IndexOf("\u00E9"u8))
            (bytes[at], bytes[at + 1]) = (0xE9, (byte)' ');
        File.WriteAllBytes(path, bytes);

        Assert.Contains("'title' is not UTF-8 in row 2", Assert.Throws<PairDataException>(() => CaptionList.Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_ColumnsWithinColumns_AreNotTaken()
    {
        var path = _folder.File("nested.parquet");
        var schema = new ParquetSchema(new StructField("image", new DataField<string>("filepath"), new DataField<string>("title")));
        using (var file = File.Create(path))
        {
            await using var writer = await ParquetWriter.CreateAsync(schema, file);
        }

        Assert.Contains("has no column 'filepath'", Assert.Throws<PairDataException>(() => CaptionList.Read(path)).Message, StringComparison.Ordinal);
    }

    // Each file either is refused with the one exception or gives rows; none goes on for ever.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Read_Mutated_ThrowsPairDataExceptionOrReads(int seed)
    {
        string[] texts = [.. Enumerable.Range(0, 40).Select(row => $"a red circle {row % 7}")];
        var intact = File.ReadAllBytes(await Write(texts, isNullable: seed != 2, seed == 3 ? CompressionMethod.Snappy : CompressionMethod.None));
        var random = new Random(seed);
        var path = _folder.File("mutated.parquet");
        for (var attempt = 0; attempt < 250; attempt++)
        {
            File.WriteAllBytes(path, Mutate(intact, random));
            try
            {
                CaptionList.Read(path, cancellationToken: TestContext.Current.CancellationToken);
            }
            catch (PairDataException)
            {
            }
        }
    }

    [Fact]
    public void Read_Cancelled_ThrowsOperationCanceledException()
    {
        var path = Fixtures.Find("lists", "endless.parquet");

        Assert.ThrowsAny<OperationCanceledException>(() => CaptionList.Read(path, cancellationToken: new CancellationToken(canceled: true)));
    }

    [Fact]
    public void TimeLimit_WorkThatNeverEnds_ThrowsAndTellsTheWork()
    {
        using var told = new ManualResetEventSlim();

        Assert.Throws<TimeoutException>(() => { TimeLimit.Run(Wait, TimeSpan.FromMilliseconds(1), TestContext.Current.CancellationToken); });

        Assert.True(told.Wait(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));

        Task<int> Wait(CancellationToken abandoned)
        {
            abandoned.WaitHandle.WaitOne();
            told.Set();
            return Task.FromResult(0);
        }
    }

    [Fact]
    public void TimeLimit_WorkThatEnds_GivesItsResultOrItsException()
    {
        Assert.Equal(5, TimeLimit.Run(_ => Task.FromResult(5), TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
        Assert.Throws<InvalidDataException>(() => { TimeLimit.Run(Fail, TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken); });

        static Task<int> Fail(CancellationToken abandoned) => throw new InvalidDataException();
    }

    [Fact]
    public void GuardedStream_ReaderInCircles_IsStopped()
    {
        var stream = new GuardedStream(new MemoryStream(new byte[10]));
        stream.Allow(100, TestContext.Current.CancellationToken);
        var read = 0;

        Assert.Throws<InvalidDataException>(ReadInCircles);
        Assert.InRange(read, 1, 100);

        stream.Allow(100, TestContext.Current.CancellationToken);
        stream.Position = stream.Length;
        Assert.Throws<EndOfStreamException>(() => stream.ReadByte());

        void ReadInCircles()
        {
            for (; ; stream.Position = 0)
                read += stream.Read(new byte[7]);
        }
    }

    private static byte[] Mutate(byte[] intact, Random random)
    {
        var bytes = intact.ToArray();
        // Most of what can go wrong is in the metadata at the end.
        var first = random.Next(3) == 0 ? 0 : bytes.Length / 2;
        for (var change = random.Next(1, 5); change > 0; change--)
        {
            var at = random.Next(first, bytes.Length);
            switch (random.Next(3))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.AsSpan(at, Math.Min(random.Next(1, 6), bytes.Length - at)).Fill(0xFF);
                    break;
                default:
                    bytes = [.. bytes.AsSpan(0, at), .. bytes.AsSpan(Math.Min(bytes.Length, at + random.Next(4)))];
                    break;
            }
            if (bytes.Length <= first)
                break;
        }
        return bytes;
    }

    private async Task<string> Write(string?[] captions, bool isNullable, CompressionMethod compression)
    {
        var path = _folder.File("list.parquet");
        var (id, image, caption) = (new DataField<int>("id"), new DataField("filepath", typeof(string), isNullable), new DataField("title", typeof(string), isNullable));
        using var file = File.Create(path);
        var options = new ParquetOptions { CompressionMethod = compression };
        options.ColumnEncodingHints["title"] = EncodingHint.Dictionary;
        await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(id, image, caption), file, options);
        using var group = writer.CreateRowGroup();
        await group.WriteAsync<int>(id, Enumerable.Range(0, captions.Length).ToArray());
        await group.WriteAsync(image, Enumerable.Range(0, captions.Length).Select(row => $"{row}.png").ToArray());
        await group.WriteAsync(caption, captions);
        return path;
    }
}
