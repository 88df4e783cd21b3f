namespace Emoji.Icons;

/// <summary>The styles of the images, by the names of their packages.</summary>
internal static class Styles
{
    /// <summary>The styles that training shows.</summary>
    public static readonly IReadOnlyList<string> Training = ["twemoji", "noto", "noto-v1", "fluent-emoji", "fluent-emoji-flat", "emojione"];

    /// <summary>
    /// The styles that it never shows. None of these has a twin among the others, as Twemoji has in EmojiOne, and Noto and Fluent have in
    /// their other versions; and OpenMoji's license, share-alike, would pass on to a model trained on it.
    /// </summary>
    public static readonly IReadOnlyList<string> Unseen = ["openmoji", "fxemoji"];

    /// <summary>All styles.</summary>
    public static IEnumerable<string> All => Training.Concat(Unseen);
}
