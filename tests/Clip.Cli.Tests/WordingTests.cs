using System.Text.RegularExpressions;
using Clip.Cli.Tests.Support;
using Clip.Hub;

namespace Clip.Cli.Tests;

/// <summary>Errors name options of the command line, never parameters, properties or packages of libraries.</summary>
public sealed partial class WordingTests(TinyModel tiny)
{
    [Theory]
    [InlineData("classify", "--model", "", "--labels", "a", "IMAGE")]
    [InlineData("classify", "--model", "./missing", "--labels", "a", "IMAGE")]
    [InlineData("classify", "--model", "no such name", "--labels", "a", "IMAGE", "--offline")]
    [InlineData("classify", "--model", "org/name@", "--labels", "a", "IMAGE", "--offline")]
    [InlineData("classify", "--model", "org/name", "--labels", "a", "IMAGE", "--offline", "--cache", "FOLDER")]
    [InlineData("classify", "--model", "MODEL", "--labels", "a,b,a", "IMAGE")]
    [InlineData("classify", "--model", "MODEL", "--labels", ",", "IMAGE")]
    [InlineData("classify", "--model", "MODEL", "--labels", "a", "FOLDER/missing.png")]
    [InlineData("classify", "--model", "MODEL", "--labels", "a", "--templates", "no place", "IMAGE")]
    [InlineData("classify", "--model", "MODEL", "--labels", "a", "--templates", "@FOLDER/missing.txt", "IMAGE")]
    [InlineData("classify", "--model", "MODEL", "--labels", "LONG", "IMAGE")]
    [InlineData("classify", "--model", "MODEL", "--labels", "a", "--device", "tpu", "IMAGE")]
    [InlineData("classify", "--model", "MODEL", "--labels", "a", "--device", "mps:1", "IMAGE")]
    [InlineData("classify", "--model", "MODEL", "--labels", "a", "--device", "cpu", "--precision", "f16", "IMAGE")]
    [InlineData("classify", "--model", "MODEL", "--labels", "a", "--vocabulary", "FOLDER", "IMAGE")]
    [InlineData("classify", "--model", "MODEL", "--labels", "a", "--weights-key", "ema", "IMAGE")]
    [InlineData("classify", "--model", "MODEL", "--labels", "a", "--preprocessing", "other", "IMAGE")]
    [InlineData("classify", "--model", "MODEL", "--labels", "a", "--max-image-memory", "1", "IMAGE")]
    [InlineData("classify", "--model", "MODEL", "--labels", "a", "--max-pixels", "1", "IMAGE")]
    [InlineData("classify", "--model", "MODEL", "--labels", "a", "--activation", "gelu", "IMAGE")]
    [InlineData("classify", "--model", "WEIGHTS", "--labels", "a", "IMAGE")]
    [InlineData("classify", "--model", "WEIGHTS", "--labels", "a", "--activation", "gelu", "IMAGE")]
    [InlineData("embed", "--model", "MODEL", "--output", "FOLDER/x.npy", "--text", "LONG")]
    [InlineData("embed", "--model", "MODEL", "--output", "FOLDER/x.jpeg", "IMAGE")]
    [InlineData("search", "--model", "MODEL", "--images", "FOLDER/none", "--query", "a")]
    [InlineData("search", "--model", "MODEL", "--images", "FOLDER", "--query", "LONG")]
    [InlineData("caption", "--model", "MODEL", "IMAGE")]
    [InlineData("evaluate", "--model", "MODEL", "--images", "FOLDER")]
    [InlineData("tokenize", "--vocab", "FOLDER")]
    [InlineData("tokenize", "--vocab", "MODEL", "--texts", "FOLDER/missing.jsonl")]
    [InlineData("preprocess", "--size", "8", "--output", "FOLDER/x.safetensors", "IMAGE", "--std", "0,0,0")]
    [InlineData("preprocess", "--size", "8", "--output", "FOLDER/none/x.safetensors", "IMAGE")]
    [InlineData("inspect", "IMAGE")]
    [InlineData("convert", "MODEL", "MODEL", "--to", "hf")]
    [InlineData("convert", "IMAGE", "FOLDER/out", "--to", "hf")]
    [InlineData("download", "no such name", "--offline")]
    [InlineData("download", "../x", "--offline")]
    [InlineData("doctor", "--device", "tpu")]
    [InlineData("train", "--pairs", "FOLDER/missing.csv", "--model", "MODEL", "--output", "FOLDER/run")]
    public async Task Run_Wrong_SpeaksOfOptionsAlone(params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        // Without the config beside it.
        File.Copy(Directory.GetFiles(tiny.Folder, "*.safetensors").Single(), folder.File("bare.safetensors"));
        var run = await ToolRun.Of([.. arguments.Select(argument => Fill(argument, folder))]);

        Assert.NotEqual(ExitCodes.Ok, run.ExitCode);
        var words = run.Error + run.Output;
        Assert.NotEmpty(words);
        Assert.DoesNotMatch(WordsOfLibraries(), words);
        Assert.DoesNotContain("   at ", words);
    }

    [Theory]
    [InlineData("Too small. (Parameter 'top')\nActual value was 0.", "Too small.")]
    [InlineData("Add the package libtorch-cpu-linux-x64 2.10.0 to the application, or TorchSharp-cuda-linux 0.107.0 for NVIDIA GPUs.", "Install the tool anew.")]
    [InlineData("Reference the package TorchSharp-cuda-linux 0.107.0 in place of the CPU package, or use the device \"cpu\".", "Leave out --device, or give --device cpu.")]
    [InlineData("Shorten it, or load the model with ClipModelOptions.TextOverflow.", "Shorten it, or give --truncate.")]
    [InlineData("Set LoadOptions.Anything.", "Set a setting of the library.")]
    [InlineData("The image 'a (b).png' cannot be read.", "The image 'a (b).png' cannot be read.")]
    public void Translate_WordsOfLibraries_BecomeThoseOfTheTool(string library, string tool) => Assert.Equal(tool, Wording.Translate(library));

    [Fact]
    public void Describe_HubOutOfReach_IsOneSentence()
    {
        var connection = new HttpRequestException("Name or service not known (host:443)");
        var failure = new HubException(HubErrorKind.Unreachable, "It could not be looked up. Name or service not known (host:443)", "Check it.", connection)
        {
            Repository = new HubRepository("org/name"),
        };

        var message = Failures.Describe(failure);

        Assert.StartsWith("'org/name' is not on this machine yet and the Hub cannot be reached", message, StringComparison.Ordinal);
        Assert.Contains("clip download", message, StringComparison.Ordinal);
        Assert.Contains("--offline", message, StringComparison.Ordinal);
        Assert.DoesNotContain("host:443", message, StringComparison.Ordinal);
        Assert.Equal(message.Length - 1, message.IndexOf('.', StringComparison.Ordinal));
    }

    private string Fill(string argument, TemporaryFolder folder) => argument
        .Replace("MODEL", tiny.Folder, StringComparison.Ordinal)
        .Replace("WEIGHTS", folder.File("bare.safetensors"), StringComparison.Ordinal)
        .Replace("FOLDER", folder.Path, StringComparison.Ordinal)
        .Replace("IMAGE", Images.Png, StringComparison.Ordinal)
        .Replace("LONG", new string('x', 5000), StringComparison.Ordinal);

    [GeneratedRegex(@"\(Parameter '|\b[A-Z]\w+(Options|Columns|Limits)\b|libtorch-cpu|TorchSharp-|NuGet|ClipModel|Exception\b|\bActual value\b")]
    private static partial Regex WordsOfLibraries();
}
