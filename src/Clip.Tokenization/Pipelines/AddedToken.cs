namespace Clip.Tokenization.Pipelines;

/// <summary>A token that is looked for in the text itself, before any splitting.</summary>
/// <param name="Content">How it is spelled.</param>
/// <param name="Id">Its id.</param>
/// <param name="SingleWord">Whether it counts only where no letter, digit or underscore touches it.</param>
/// <param name="TakesLeft">Whether it takes the white space before it.</param>
/// <param name="TakesRight">Whether it takes the white space behind it.</param>
/// <param name="Normalized">Whether it is looked for in the normalized text, in which its own normalized form stands.</param>
/// <param name="IsSpecial">Whether it is no part of a text.</param>
internal readonly record struct AddedToken(
    string Content, int Id, bool SingleWord = false, bool TakesLeft = false, bool TakesRight = false, bool Normalized = false, bool IsSpecial = true)
{
    /// <summary>More characters than any published one has.</summary>
    public const int Longest = 512;
}
