using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Clip.Checkpoints;
using Clip.Cli.Tests.Support;
using Clip.Models;

namespace Clip.Cli.Tests.Commands;

public sealed class EmbedCommandTests(TinyModel model) : IDisposable
{
    // float32 rounding of batches of different sizes.
    private const float Tolerance = 1e-5f;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_ImagesAndTexts_WritesRowsInOrderWithNames()
    {
        var texts = _folder.Write("texts.txt", [.. "the photo\n\n\"a\" <b>\u00e9\n"u8]);
        var output = _folder.File("both.safetensors");

        var run = (await Embed("--images", Images.Jpeg, Images.Png, "--texts", texts, "--output", output)).Returned(ExitCodes.Ok);

        Assert.Empty(run.Error);
        using var written = Checkpoint.Open(output);
        Assert.Equal([Images.Jpeg, Images.Png], Names(written, "images"));
        Assert.Equal(["the photo", "", "\"a\" <b>\u00e9"], Names(written, "texts"));
        RequireRows(model.Clip.EmbedImages([Images.Jpeg, Images.Png]), written, "images");
        RequireRows(model.Clip.EmbedTexts(["the photo", "", "\"a\" <b>\u00e9"]), written, "texts");
        Assert.Equal(["both.safetensors", "texts.txt"], _folder.Names);
    }

    [Fact]
    public async Task Run_UnreadableImage_IsListedAndLeftOut()
    {
        var output = _folder.File("images.safetensors");

        var run = (await Embed("--images", Images.Broken, Images.Png, "--output", output, "--json")).Returned(ExitCodes.SomeLeftOut);

        Assert.Contains(Images.Broken, run.Error);
        Assert.Equal(Images.Broken, run.Json.GetProperty("leftOut")[0].GetProperty("input").GetString());
        using var written = Checkpoint.Open(output);
        Assert.Equal([Images.Png], Names(written, "images"));
        RequireRows(model.Clip.EmbedImages([Images.Png]), written, "images");
    }

    [Fact]
    public async Task Run_FastDecoding_WritesTheRowsOfReducedFiles()
    {
        var output = _folder.File("images.safetensors");
        using var fast = ClipModel.Load(model.Folder, new ClipModelOptions { Device = "cpu", Images = new() { FastDecoding = true } });

        (await Embed("--images", Images.Jpeg, "--output", output, "--fast-decoding")).Returned(ExitCodes.Ok);

        using var written = Checkpoint.Open(output);
        RequireRows(fast.EmbedImages([Images.Jpeg]), written, "images");
        Assert.NotEqual(model.Clip.EmbedImages([Images.Jpeg])[0], fast.EmbedImages([Images.Jpeg])[0], (left, right) => Math.Abs(left - right) < Tolerance);
    }

    [Fact]
    public async Task Run_OnlyUnreadableImages_KeepsTheOldFile()
    {
        var output = _folder.Write("old.npy", [1, 2, 3]);

        (await Embed("--images", Images.Broken, "--output", output)).FailedWith(ExitCodes.Failure, "nothing was written");

        Assert.Equal([1, 2, 3], File.ReadAllBytes(output));
        Assert.Equal(["old.npy"], _folder.Names);
    }

    [Theory]
    [InlineData("visual.proj", "--images")]
    [InlineData("text_projection", "--texts")]
    public async Task Run_EmbeddingsThatOverflow_AreNotWritten(string weight, string option)
    {
        var broken = TinyClip.Write(_folder.File("model"));
        SafetensorsEdit.Fill(Path.Combine(broken, "open_clip_model.safetensors"), weight, float.MaxValue);
        var input = option == "--images" ? Images.Png : _folder.Write("texts.txt", [.. "a\n"u8]);

        var run = (await ToolRun.Of("embed", "--model", broken, "--device", "cpu", option, input, "--output", _folder.File("o.npy"))).Returned(ExitCodes.Failure);

        Assert.Contains("has no embedding", run.Error);
        Assert.False(File.Exists(_folder.File("o.npy")));
    }

    [Theory]
    [InlineData("f16", WeightQuantization.Float16)]
    [InlineData("bf16", WeightQuantization.BFloat16)]
    [InlineData("int8", WeightQuantization.Int8)]
    public async Task Run_Quantized_WritesTheRowsOfSuchWeights(string word, WeightQuantization quantization)
    {
        using var quantized = ClipModel.Load(model.Folder, new ClipModelOptions { Device = "cpu", Quantization = quantization });
        var (expected, precise) = (quantized.EmbedImages([Images.Png]), model.Clip.EmbedImages([Images.Png]));
        var output = _folder.File("images.safetensors");

        (await Embed("--images", Images.Png, "--quantize", word, "--output", output)).Returned(ExitCodes.Ok);

        using var written = Checkpoint.Open(output);
        RequireRows(expected, written, "images");
        Assert.Contains(expected[0].Zip(precise[0]), pair => Math.Abs(pair.First - pair.Second) > Tolerance);
    }

    [Fact]
    public async Task Run_Npy_IsAnArrayOfNumPy()
    {
        var output = _folder.File("images.npy");

        (await Embed("--images", Images.CopyTo(_folder.File("images")), "--output", output)).Returned(ExitCodes.Ok);

        var bytes = File.ReadAllBytes(output);
        Assert.Equal([0x93, .. "NUMPY"u8, 1, 0, 118, 0], bytes[..10]);
        Assert.Equal("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 48), }", Encoding.ASCII.GetString(bytes[10..127]).TrimEnd());
        Assert.Equal((byte)'\n', bytes[127]);
        var expected = model.Clip.EmbedImages([Images.Jpeg, Images.Png, Images.Bmp]).SelectMany(row => row);
        Assert.All(expected.Zip(MemoryMarshal.Cast<byte, float>(bytes.AsSpan(128)).ToArray()), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
    }

    [Fact]
    public async Task Run_Float16_RoundsTheRows()
    {
        var images = Images.CopyTo(_folder.File("images"));
        foreach (var name in (string[])["x.npy", "x.safetensors", "half.npy", "half.safetensors"])
            (await Embed(["--images", images, "--output", _folder.File(name), .. name[0] == 'h' ? ["--float16"] : Array.Empty<string>()])).Returned(ExitCodes.Ok);

        var expected = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(_folder.File("x.npy")).AsSpan(128)).ToArray().Select(value => (Half)value).ToArray();
        var bytes = File.ReadAllBytes(_folder.File("half.npy"));
        Assert.Equal("{'descr': '<f2', 'fortran_order': False, 'shape': (3, 48), }", Encoding.ASCII.GetString(bytes[10..127]).TrimEnd());
        Assert.Equal(expected, MemoryMarshal.Cast<byte, Half>(bytes.AsSpan(128)).ToArray());
        using var file = Checkpoint.Open(_folder.File("half.safetensors"));
        using var rows = file.ReadTensor("images");
        Assert.Equal(TorchSharp.torch.ScalarType.Float16, rows.dtype);
        Assert.Equal(expected, rows.data<Half>().ToArray());

        (await Embed("--images", images, "--output", _folder.File("half.jsonl"), "--float16")).FailedWith(ExitCodes.Usage, "--float16");
    }

    [Fact]
    public async Task Run_JsonLines_HasALineForEachRow()
    {
        var output = _folder.File("texts.jsonl");

        (await ToolRun.WithInput("a\nb\n", "embed", "--model", model.Folder, "--device", "cpu", "--texts", "-", "--output", output)).Returned(ExitCodes.Ok);

        var lines = File.ReadLines(output).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal(["a", "b"], lines.Select(line => line.GetProperty("text").GetString()));
        Assert.All(lines, line => Assert.Equal(1, line.GetProperty("embedding").EnumerateArray().Sum(value => value.GetDouble() * value.GetDouble()), 1e-5));
    }

    [Fact]
    public async Task Run_TextTooLong_NamesItsLineUnlessTruncated()
    {
        var texts = _folder.Write("texts.txt", Encoding.UTF8.GetBytes($"a\n{new string('z', 40)}\n"));
        var output = _folder.File("x.npy");

        (await Embed("--texts", texts, "--output", output)).FailedWith(ExitCodes.Failure, "texts.txt', line 2: the text makes 42 tokens", "--truncate");
        Assert.Equal(["texts.txt"], _folder.Names);
        (await Embed("--texts", texts, "--output", output, "--truncate")).Returned(ExitCodes.Ok);
    }

    [Fact]
    public async Task Run_TextThatIsNotUtf8_NamesItsLine()
    {
        var texts = _folder.Write("texts.txt", [(byte)'a', (byte)'\n', 0xE9, (byte)'\n']);

        (await Embed("--texts", texts, "--output", _folder.File("x.npy"))).FailedWith(ExitCodes.Failure, "line 2: this is not UTF-8");
    }

    [Theory]
    [InlineData("x.npy", "one array", "--images", "a.png", "--texts", "t.txt")]
    [InlineData("x.csv", ".safetensors, .npy or .jsonl", "--images", "a.png")]
    [InlineData("x.npy", "nothing to embed")]
    public async Task Run_OutputThatCannotBe_IsUsageError(string output, string expected, params string[] more) =>
        (await Embed(["--output", output, .. more])).FailedWith(ExitCodes.Usage, expected);

    [Fact]
    public async Task Run_ModelWithoutVocabulary_SaysWhereToPutOne()
    {
        var texts = _folder.Write("texts.txt", [.. "a\n"u8]);

        (await ToolRun.Of("embed", "--model", Fixtures.Find("checkpoints", "hf_clip"), "--texts", texts, "--output", _folder.File("x.npy")))
            .FailedWith(ExitCodes.Failure, "--vocabulary", "merges.txt");
    }

    [Theory]
    [InlineData("hf_clip")]
    [InlineData("hf_clip_sharded")]
    [InlineData("hf_clip_bin")]
    [InlineData("openai_torchscript_fp16.pt", "--activation", "quick_gelu", "--preprocessing", "hf")]
    [InlineData("native.safetensors", "--activation", "quick_gelu", "--preprocessing", "hf")]
    public async Task Run_OneNetworkInAnyFormat_GivesTheSameRow(string checkpoint, params string[] more)
    {
        var output = _folder.File("row.npy");

        (await ToolRun.Of(["embed", "--model", Fixtures.Find("checkpoints", checkpoint), "--device", "cpu", "--images", Images.Png, "--output", output, .. more])).Returned(ExitCodes.Ok);

        using var expected = ClipModel.Load(Fixtures.Find("checkpoints", "hf_clip"), new ClipModelOptions { Device = "cpu" });
        var row = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(output).AsSpan(128)).ToArray();
        // One of the files holds float16.
        Assert.True(EmbeddingMath.CosineSimilarity(expected.EmbedImage(Images.Png), row) > 0.999f);
    }

    [Fact]
    public async Task Run_CancelledMidway_LeavesNoFile()
    {
        using var cancellation = new CancellationTokenSource();
        using var error = new StringWriter();
        var console = new ToolConsole(new EndlessTexts(cancellation), TextWriter.Null, error);

        var code = await ClipTool.RunAsync(
            ["embed", "--model", model.Folder, "--device", "cpu", "--texts", "-", "--output", _folder.File("x.safetensors")], console, cancellation.Token);

        Assert.Equal(ExitCodes.Cancelled, code);
        Assert.Equal("clip: cancelled.", error.ToString().Trim());
        Assert.Empty(_folder.Names);
    }

    private static string[] Names(Checkpoint written, string key) => JsonSerializer.Deserialize<string[]>(written.Metadata[key])!;

    private static void RequireRows(float[][] expected, Checkpoint written, string name)
    {
        using var tensor = written.ReadTensor(name);
        Assert.Equal([expected.Length, expected[0].Length], tensor.shape);
        var actual = MemoryMarshal.Cast<byte, float>(tensor.bytes).ToArray();
        Assert.All(expected.SelectMany(row => row).Zip(actual), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
    }

    private Task<ToolRun> Embed(params string[] more) => ToolRun.Of(["embed", "--model", model.Folder, "--device", "cpu", .. more]);

    // Texts without an end, until someone presses Ctrl-C after the tenth read.
    private sealed class EndlessTexts(CancellationTokenSource cancellation) : MemoryStream
    {
        private int _reads;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (++_reads == 10)
                cancellation.Cancel();
            "photo\n"u8.CopyTo(buffer.Span);
            return ValueTask.FromResult("photo\n"u8.Length);
        }
    }
}
