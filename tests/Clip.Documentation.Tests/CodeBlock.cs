namespace Clip.Documentation.Tests;

/// <summary>A block of C# in a page.</summary>
/// <param name="Page">The page, from the repository's root.</param>
/// <param name="Line">The number of the block's first line in the page.</param>
/// <param name="Text">What a reader copies.</param>
internal sealed record CodeBlock(string Page, int Line, string Text);
