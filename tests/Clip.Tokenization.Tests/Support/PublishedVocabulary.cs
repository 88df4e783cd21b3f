namespace Clip.Tokenization.Tests.Support;

/// <summary>CLIP's published vocabulary, which is not part of this repository.</summary>
internal static class PublishedVocabulary
{
    public const string Variable = "CLIP_VOCABULARY";

    public static string? Folder { get; } = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder ? folder : null;

    /// <summary>A tokenizer on the published vocabulary; skips the test where there is none.</summary>
    public static ClipTokenizer Load(ClipTokenizerOptions? options = null, string file = "") =>
        ClipTokenizer.Load(Path.Combine(RequireFolder(), file), options);

    public static string RequireFolder()
    {
        Assert.SkipWhen(Folder is null, $"The published vocabulary is needed: set {Variable} to a folder with vocab.json and merges.txt.");
        return Folder!;
    }
}
