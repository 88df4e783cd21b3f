using Microsoft.AspNetCore.Http;

namespace Web.Shared;

/// <summary>The labels of a request: repeated, or separated by commas; each counts once.</summary>
/// <param name="limits">The limits.</param>
internal sealed class LabelList(WebLimits limits)
{
    private readonly List<string> _labels = [];
    private readonly HashSet<string> _seen = [];

    /// <summary>The labels in their order.</summary>
    public IReadOnlyList<string> Labels => _labels;

    /// <summary>Adds the labels of a value.</summary>
    /// <exception cref="BadHttpRequestException">There are too many, or one is too long.</exception>
    public void Add(string? value)
    {
        foreach (var range in (value ?? "").AsSpan().Split(','))
        {
            var label = value.AsSpan()[range].Trim();
            if (label.Length > limits.MaxLabelLength)
                throw new BadHttpRequestException($"A label has {label.Length} characters; {limits.MaxLabelLength} are allowed.");
            if (label.IsEmpty || !_seen.Add(label.ToString()))
                continue;
            if (_labels.Count == limits.MaxLabels)
                throw new BadHttpRequestException($"There are more labels than the {limits.MaxLabels} that are allowed.");
            _labels.Add(label.ToString());
        }
    }
}
