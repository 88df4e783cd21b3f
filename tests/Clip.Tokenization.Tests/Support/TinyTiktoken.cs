using System.Text;

namespace Clip.Tokenization.Tests.Support;

/// <summary>Ranks as tiktoken's files have them: all bytes, and a few words.</summary>
internal static class TinyTiktoken
{
    /// <summary>The name under which a folder holds them.</summary>
    public const string FileName = "r50k_base.tiktoken";

    /// <summary>The lines of a file; words have the ranks from 256 on.</summary>
    public static string Text(params IEnumerable<string> words) =>
        string.Concat(Enumerable.Range(0, 256).Select(value => new[] { (byte)value }).Concat(words.Select(Encoding.UTF8.GetBytes))
            .Select((bytes, rank) => $"{Convert.ToBase64String(bytes)} {rank}\n"));

    /// <summary>Writes a file and loads it.</summary>
    public static PretrainedTokenizer Load(string text, PretrainedTokenizerOptions? options = null)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File(FileName), text);
        return PretrainedTokenizer.Load(folder.Path, options ?? PretrainedTokenizerOptions.Tiktoken);
    }
}
