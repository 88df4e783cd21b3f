namespace Emoji.Words;

/// <summary>What a language calls an emoji.</summary>
/// <param name="Name">Its name in the Unicode CLDR.</param>
/// <param name="Keywords">The keywords that the CLDR has for it.</param>
internal sealed record Description(string Name, IReadOnlyList<string> Keywords);
