using System.Text;
using Clip.Training.Data;
using Parquet;
using Parquet.Schema;

namespace Clip.Training.Tests.Data;

/// <summary>Lists of image files with captions.</summary>
public sealed class ImageListTests : IDisposable
{
    private static readonly (string Image, string Caption)[] Rows =
        [("0.png", "plain"), ("1.png", "a \"quoted\", comma"), ("sub/2.png", "line one\nline two"), ("3.png", "ünï 日本"), ("4.png", "tab\there")];

    private readonly TinyPictures _pictures = new();

    public void Dispose() => _pictures.Dispose();

    [Theory]
    [InlineData("list.csv")]
    [InlineData("list.tsv")]
    [InlineData("list.jsonl")]
    [InlineData("list.NDJSON")]
    [InlineData("list.parquet")]
    public async Task FromList_AnyFormat_GivesItsRows(string name)
    {
        using var source = CaptionedImages.FromList(await WriteList(name), _pictures.Options);

        Assert.Equal(Rows.Select(row => new CaptionedImage(Path.Combine(_pictures.Path, row.Image), row.Caption)), source.Images);
    }

    [Theory]
    [InlineData("list.csv")]
    [InlineData("list.jsonl")]
    [InlineData("list.parquet")]
    public async Task FromList_MissingColumn_ThrowsNamingThoseThatAreThere(string name)
    {
        var path = await WriteList(name);

        var exception = Assert.Throws<PairDataException>(() => CaptionedImages.FromList(path, _pictures.Options, new CaptionColumns { Caption = "text" }));

        Assert.Contains("'text'", exception.Message, StringComparison.Ordinal);
        Assert.Contains("'title'", exception.Message, StringComparison.Ordinal);
        Assert.Contains(name, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("list.csv")]
    [InlineData("list.jsonl")]
    [InlineData("list.parquet")]
    public async Task FromList_MoreRowsThanAllowed_Throws(string name)
    {
        var path = await WriteList(name);

        Assert.Throws<PairDataException>(() => CaptionedImages.FromList(path, _pictures.Options, new CaptionColumns { MaxRows = 4 }));
    }

    [Fact]
    public void FromList_OtherColumnsSeparatorAndRoot_AreFollowed()
    {
        var path = _pictures.Write("list.csv", "id;text;file\n1;one;a.png\n2;two;b.png\n");

        using var source = CaptionedImages.FromList(path, _pictures.Options, new CaptionColumns { Image = "file", Caption = "text", Separator = ';', Root = "/data" });

        Assert.Equal([new CaptionedImage("/data/a.png", "one"), new CaptionedImage("/data/b.png", "two")], source.Images.Select(image => image with { Path = image.Path.Replace('\\', '/') }));
    }

    [Fact]
    public void FromList_RowsWithoutPictureOrCaption_AreUnreadableSamples()
    {
        _pictures.Write(2);
        var path = _pictures.Write("list.jsonl", """
            {"filepath": null, "title": "7"}
            {"filepath": "0.png", "title": "0"}

            {"filepath": "a\u0000b.png", "title": "8"}
            {"filepath": "1.png", "title": null}
            {"filepath": "1.png", "title": "1"}
            """);
        using var source = CaptionedImages.FromList(path, _pictures.Options with { Shuffle = false });

        var batch = TinyPictures.Record(source, 2, 1)[0];

        Assert.Equal(3, batch.Skipped);
        Assert.Equal([0, 1], _pictures.Read(source, 2, 1));
    }

    [Fact]
    public void FromList_CsvRowTooShort_IsAnUnreadableSample()
    {
        _pictures.Write(2);
        var path = _pictures.Write("list.csv", "filepath,title\n0.png,0\n1.png\n1.png,1\n");
        using var source = CaptionedImages.FromList(path, _pictures.Options with { Shuffle = false });

        Assert.Equal([0, 1], _pictures.Read(source, 2, 1));
    }

    [Theory]
    [InlineData("list.jsonl", "[1, 2]\n", "line 1")]
    [InlineData("list.jsonl", "{\"filepath\": \"a\", \"title\": \"b\"}\n{\"filepath\":", "line 2")]
    [InlineData("list.jsonl", "{\"filepath\": 5, \"title\": \"b\"}", "line 1")]
    [InlineData("list.jsonl", "{\"filepath\": \"\\ud800\", \"title\": \"b\"}", "line 1")]
    [InlineData("list.jsonl", "\n\n", "no rows")]
    [InlineData("list.csv", "", "")]
    [InlineData("list.csv", "filepath,title\n", "no rows")]
    [InlineData("list.csv", "filepath,title\n\"never closed", "")]
    [InlineData("list.parquet", "PAR1 this is no parquet file PAR1", "Parquet")]
    [InlineData("list.parquet", "", "Parquet")]
    public void FromList_DamagedFile_ThrowsPairDataExceptionThatNamesThePlace(string name, string content, string place)
    {
        var path = _pictures.Write(name, content);

        var exception = Assert.Throws<PairDataException>(() => CaptionedImages.FromList(path, _pictures.Options));

        Assert.Contains(place, exception.Message, StringComparison.Ordinal);
        Assert.Contains(name, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("list.jsonl", "{\"filepath\": \"")]
    [InlineData("list.csv", "filepath,title\n\"")]
    public void FromList_EndlessLine_ThrowsWithoutReadingItAll(string name, string start)
    {
        var path = _pictures.Write(name, start + new string('x', 3 << 20));

        Assert.Throws<PairDataException>(() => CaptionedImages.FromList(path, _pictures.Options));
    }

    [Fact]
    public async Task FromList_MutatedParquet_ThrowsPairDataExceptionOrReads()
    {
        var intact = File.ReadAllBytes(await WriteList("list.parquet"));
        var random = new Random(3);
        for (var attempt = 0; attempt < 60; attempt++)
        {
            var bytes = intact.ToArray();
            for (var change = 0; change < 3; change++)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var path = _pictures.Write("mutated.parquet", attempt % 2 == 0 ? bytes : bytes[..random.Next(bytes.Length)]);
            try
            {
                CaptionedImages.FromList(path, _pictures.Options).Dispose();
            }
            catch (PairDataException)
            {
            }
        }
    }

    [Fact]
    public void FromList_UnknownEnding_ThrowsArgumentException() =>
        Assert.Throws<ArgumentException>(() => CaptionedImages.FromList(_pictures.Write("list.xlsx", "x"), _pictures.Options));

    [Fact]
    public void FromList_NoFile_ThrowsFileNotFoundException() =>
        Assert.Throws<FileNotFoundException>(() => CaptionedImages.FromList(_pictures.File("none.csv"), _pictures.Options));

    private async Task<string> WriteList(string name)
    {
        switch (Path.GetExtension(name).ToLowerInvariant())
        {
            case ".csv":
                return _pictures.Write(name, "filepath,title\n" + string.Concat(Rows.Select(row => $"{row.Image},\"{row.Caption.Replace("\"", "\"\"")}\"\n")));
            case ".tsv":
                return _pictures.Write(name, "title\tfilepath\tother\n" + string.Concat(Rows.Select(row => $"\"{row.Caption.Replace("\"", "\"\"")}\"\t{row.Image}\t1\n")));
            case ".parquet":
                var path = _pictures.File(name);
                var (id, image, caption) = (new DataField<int>("id"), new DataField<string>("filepath"), new DataField<string>("title"));
                using (var file = File.Create(path))
                {
                    await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(id, image, caption), file);
                    foreach (var rows in Rows.Chunk(3))
                    {
                        using var group = writer.CreateRowGroup();
                        await group.WriteAsync<int>(id, Enumerable.Range(0, rows.Length).ToArray());
                        await group.WriteAsync(image, rows.Select(row => row.Image).ToArray());
                        await group.WriteAsync(caption, rows.Select(row => row.Caption).ToArray());
                    }
                }
                return path;
            default:
                return _pictures.Write(name, "\uFEFF" + string.Join('\n', Rows.Select(row => System.Text.Json.JsonSerializer.Serialize(new { filepath = row.Image, id = 5, title = row.Caption }))));
        }
    }
}
