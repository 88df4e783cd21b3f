using System.Text;
using Clip.Training.Data;
using Parquet;
using Parquet.Schema;

namespace Clip.Training.Tests.Data;

/// <summary>Lists of image files with captions.</summary>
public sealed class CaptionListTests : IDisposable
{
    private static readonly (string Image, string Caption)[] Rows =
        [("0.png", "plain"), ("1.png", "a \"quoted\", comma"), ("sub/2.png", "line one\nline two"), ("3.png", "ünï 日本"), ("4.png", "tab\there")];

    private readonly TinyImages _images = new();

    public void Dispose() => _images.Dispose();

    [Theory]
    [InlineData("list.csv")]
    [InlineData("list.tsv")]
    [InlineData("list.jsonl")]
    [InlineData("list.NDJSON")]
    [InlineData("list.parquet")]
    public async Task FromList_AnyFormat_GivesItsRows(string name)
    {
        using var source = CaptionedImages.FromList(await WriteList(name), _images.Options);

        Assert.Equal(Rows.Select(row => new CaptionedImage(Path.Combine(_images.Path, row.Image), row.Caption)), source.Images);
    }

    [Theory]
    [InlineData("list.csv")]
    [InlineData("list.jsonl")]
    [InlineData("list.parquet")]
    public async Task FromList_MissingColumn_ThrowsNamingThoseThatAreThere(string name)
    {
        var path = await WriteList(name);

        var exception = Assert.Throws<PairDataException>(() => CaptionedImages.FromList(path, _images.Options, new CaptionColumns { Caption = "text" }));

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

        Assert.Throws<PairDataException>(() => CaptionedImages.FromList(path, _images.Options, new CaptionColumns { MaxRows = 4 }));
    }

    [Fact]
    public void FromList_OtherColumnsSeparatorAndRoot_AreFollowed()
    {
        var path = _images.Write("list.csv", "id;text;file\n1;one;a.png\n2;two;b.png\n");

        using var source = CaptionedImages.FromList(path, _images.Options, new CaptionColumns { Image = "file", Caption = "text", Separator = ';', Root = "/data" });

        Assert.Equal([new CaptionedImage("/data/a.png", "one"), new CaptionedImage("/data/b.png", "two")], source.Images.Select(image => image with { Path = image.Path.Replace('\\', '/') }));
    }

    [Fact]
    public void FromList_RowsWithoutImageOrCaption_AreUnreadableSamples()
    {
        _images.Write(2);
        var path = _images.Write("list.jsonl", """
            {"filepath": null, "title": "7"}
            {"filepath": "0.png", "title": "0"}

            {"filepath": "a\u0000b.png", "title": "8"}
            {"filepath": "1.png", "title": null}
            {"filepath": "1.png", "title": "1"}
            """);
        using var source = CaptionedImages.FromList(path, _images.Options with { Shuffle = false });

        var batch = TinyImages.Record(source, 2, 1)[0];

        Assert.Equal(3, batch.Skipped);
        Assert.Equal([0, 1], _images.Read(source, 2, 1));
    }

    [Theory]
    [InlineData("list.csv", "filepath,title\na.png,a red circle\nb.png,a blue square, on grass\n", "line 3: row 2 has 3 fields, the first line has 2; put captions with a comma or a line break in quotes")]
    [InlineData("list.csv", "filepath,title\na.png\n", "row 1 has 1 fields")]
    [InlineData("list.csv", "filepath,title\r\na.png,one\r\ntwo\r\n", "line 3: row 2 has 1 fields")]
    [InlineData("list.csv", "filepath;title\na.png;b;c\n", "a semicolon")]
    [InlineData("list.tsv", "filepath\ttitle\na.png\ta \t b\n", "row 1 has 3 fields")]
    [InlineData("list.tsv", "filepath\ttitle\na.png\t\"a\nb\"\nb.png\tc\td\n", "line 4: row 2 has 3 fields")]
    [InlineData("list.tsv", "filepath\ttitle\na.png\t\"Best\" of show\nb.png\tc\td\n", "row 2 has 3 fields")]
    [InlineData("list.csv", "filepath,title\na.png,\"Best\" of show\n", "line 2: row 1 has text behind a closing quotation mark")]
    [InlineData("list.csv", "filepath,title\na.png,\"a\n\nb.png,b\n", "line 2: row 1 has a quotation mark that is not closed")]
    [InlineData("list.csv", "filepath\rtitle\ra.png\rb\r", "carriage returns")]
    [InlineData("list.tsv", "filepath\ttitle\na.png\t\"a\nb.png\tb\"\n", "two ways: the quotes in line 2")]
    public void FromList_RowsThatDoNotFit_AreNamedAndNotChanged(string name, string content, string problem)
    {
        var path = _images.Write(name, content);

        var exception = Assert.Throws<PairDataException>(() => CaptionList.Read(path));

        Assert.Contains(problem, exception.Message, StringComparison.Ordinal);
        Assert.Contains(name, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("list.tsv", "filepath\ttitle\na\t\"Best\" of show\nb\t\"all\"\n", null, new[] { "\"Best\" of show", "\"all\"" })]
    [InlineData("list.tsv", "filepath\ttitle\na\tan open \" mark\nb\t\"say \"\"hi\"\"\"\n", null, new[] { "an open \" mark", "say \"hi\"" })]
    [InlineData("list.tsv", "filepath\ttitle\na\t\"never closed\nb\tb\n", null, new[] { "\"never closed", "b" })]
    [InlineData("list.tsv", "filepath\ttitle\na\t\"all\"\n", CaptionQuoting.None, new[] { "\"all\"" })]
    [InlineData("list.tsv", "filepath\ttitle\na\t\"a\nb\tb\"\n", CaptionQuoting.None, new[] { "\"a", "b\"" })]
    [InlineData("list.tsv", "filepath\ttitle\na\t\"a\nb\tb\"\n", CaptionQuoting.Standard, new[] { "a\nb\tb" })]
    [InlineData("list.txt", "filepath\ttitle\na\t\"Best\" of show\n", null, new[] { "\"Best\" of show" })]
    [InlineData("list.csv", "filepath,title\na,\"Best\" of show\n", CaptionQuoting.None, new[] { "\"Best\" of show" })]
    [InlineData("list.csv", "filepath,title\r\na,\"one\r\ntwo, \"\"three\"\"\"\r\n", null, new[] { "one\r\ntwo, \"three\"" })]
    public void FromList_Quotes_AreReadAsMeant(string name, string content, CaptionQuoting? quoting, string[] captions) =>
        Assert.Equal(captions, CaptionList.Read(_images.Write(name, content), new CaptionColumns { Quoting = quoting }).Select(image => image.Caption));

    [Theory]
    [InlineData("list.csv", "filepath\ttitle\na.png\tx, y; z\n")]
    [InlineData("list.csv", "filepath;title\r\na.png;x, y\r\n\r\n \r\n;\r\n")]
    [InlineData("list.csv", "title|image\nx, y|a.png")]
    [InlineData("list.csv", "\nFilePath,Title\na.png,\"x, y\"\n\n\n")]
    [InlineData("list.csv", "\uFEFF\"file_name\",\"TEXT\",\"more, of it\"\na.png,\"x, y\",\n")]
    [InlineData("list.tsv", "caption\tpath\nx, y\ta.png\n\n")]
    [InlineData("list.txt", "filename\ttext\na.png\tx, y\n")]
    [InlineData("list.jsonl", "\n \t\n{\"image\": 5, \"file_name\": \"a.png\", \"Caption\": \"x, y\"}\r\n\n")]
    [InlineData("list.json", "{\"text\": \"x, y\", \"title\": null, \"filepath\": \"a.png\"}")]
    public void FromList_SeparatorsNamesAndBlankLines_AreFound(string name, string content)
    {
        var path = _images.Write(name, content);

        var image = Assert.Single(CaptionList.Read(path));

        Assert.Equal(_images.File("a.png"), image.Path);
        Assert.StartsWith("x, y", image.Caption, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("list.csv", "filepath,title\na.png,a caf?\n", "line 2 (row 1)")]
    [InlineData("list.tsv", "filepath\ttitle\na.png\ta\nb.png\ta caf?\n", "line 3 (row 2)")]
    [InlineData("list.csv", "filepath,title,by\na.png,a,Ren?\n", "line 2 (row 1)")]
    [InlineData("list.csv", "filepath,titl?\na.png,a\n", "line 1:")]
    [InlineData("list.jsonl", "{\"filepath\": \"a.png\", \"title\": \"caf?\"}\n", "line 1:")]
    public void FromList_TextThatIsNotUtf8_IsRefused(string name, string content, string place)
    {
        var path = _images.Write(name, Encoding.Latin1.GetBytes(content.Replace('?', '\u00E9')));

        var exception = Assert.Throws<PairDataException>(() => CaptionList.Read(path));

        Assert.Contains("not UTF-8", exception.Message, StringComparison.Ordinal);
        Assert.Contains(place, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromList_FieldOverManyLines_IsRefusedBeyondTheLimit()
    {
        var path = _images.Write("list.csv", "filepath,title\na.png,\"" + string.Concat(Enumerable.Repeat("x\n", 1 << 20)));

        Assert.Contains("not closed within 1 MB", Assert.Throws<PairDataException>(() => CaptionList.Read(path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData('"')]
    [InlineData('\n')]
    [InlineData('\uD83D')]
    public void FromList_SeparatorThatIsNone_ThrowsArgumentException(char separator) =>
        Assert.Throws<ArgumentException>(() => CaptionList.Read(_images.Write("list.csv", "filepath,title\na,b\n"), new CaptionColumns { Separator = separator }));

    [Fact]
    public void FromList_SeparatorOutsideAscii_IsFollowed()
    {
        var path = _images.Write("list.csv", "filepath\u00A6title\na.png\u00A6x\n");

        Assert.Equal("x", Assert.Single(CaptionList.Read(path, new CaptionColumns { Separator = '\u00A6' })).Caption);
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
        var path = _images.Write(name, content);

        var exception = Assert.Throws<PairDataException>(() => CaptionedImages.FromList(path, _images.Options));

        Assert.Contains(place, exception.Message, StringComparison.Ordinal);
        Assert.Contains(name, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("list.jsonl", "{\"filepath\": \"")]
    [InlineData("list.csv", "filepath,title\n\"")]
    public void FromList_EndlessLine_ThrowsWithoutReadingItAll(string name, string start)
    {
        var path = _images.Write(name, start + new string('x', 3 << 20));

        Assert.Throws<PairDataException>(() => CaptionedImages.FromList(path, _images.Options));
    }

    [Fact]
    public void FromList_UnknownEnding_ThrowsArgumentException() =>
        Assert.Throws<ArgumentException>(() => CaptionedImages.FromList(_images.Write("list.xlsx", "x"), _images.Options));

    [Fact]
    public void FromList_NoFile_ThrowsFileNotFoundException() =>
        Assert.Throws<FileNotFoundException>(() => CaptionedImages.FromList(_images.File("none.csv"), _images.Options));

    private async Task<string> WriteList(string name)
    {
        switch (Path.GetExtension(name).ToLowerInvariant())
        {
            case ".csv":
                return _images.Write(name, "filepath,title\n" + string.Concat(Rows.Select(row => $"{row.Image},\"{row.Caption.Replace("\"", "\"\"")}\"\n")));
            case ".tsv":
                return _images.Write(name, "title\tfilepath\tother\n" + string.Concat(Rows.Select(row => $"\"{row.Caption.Replace("\"", "\"\"")}\"\t{row.Image}\t1\n")));
            case ".parquet":
                var path = _images.File(name);
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
                return _images.Write(name, "\uFEFF" + string.Join('\n', Rows.Select(row => System.Text.Json.JsonSerializer.Serialize(new { filepath = row.Image, id = 5, title = row.Caption }))));
        }
    }
}
