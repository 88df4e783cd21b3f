using System.Text.RegularExpressions;

namespace Clip.Tokenization.Normalizers;

/// <summary>Replaces a text, or what matches a pattern.</summary>
internal sealed class ReplaceStep : NormalizationStep
{
    private readonly string? _text;
    private readonly Regex? _pattern;
    private readonly string _content;

    /// <summary>Replaces each occurrence of a text that is not empty.</summary>
    public ReplaceStep(string text, string content) => (_text, _content) = (text, content);

    /// <summary>Replaces each match of a pattern.</summary>
    public ReplaceStep(Regex pattern, string content) => (_pattern, _content) = (pattern, content);

    public override string Apply(string text) =>
        _pattern is null ? text.Replace(_text!, _content, StringComparison.Ordinal) : _pattern.Replace(text, _ => _content);
}
