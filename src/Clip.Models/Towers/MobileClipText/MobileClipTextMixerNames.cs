namespace Clip.Models;

/// <summary>The names in Apple's files of the blocks that mix neighboring tokens.</summary>
/// <param name="prefix">What the parameters' names begin with.</param>
/// <param name="name">What the names in the file begin with.</param>
internal sealed class MobileClipTextMixerNames(string prefix, string name) : KeyRule
{
    /// <inheritdoc/>
    public override IEnumerable<CheckpointKey>? Apply(string parameter) => parameter.StartsWith(prefix, StringComparison.Ordinal)
        ? [new CheckpointKey(name + FastVitAppleNames.OfPart(parameter[prefix.Length..]), parameter, tensor => tensor.alias())]
        : null;
}
