namespace Clip.Models;

/// <summary>All parameters below one prefix keep their names and shapes below another.</summary>
/// <param name="parameterPrefix">The prefix in the model.</param>
/// <param name="namePrefix">The prefix in the checkpoint.</param>
internal sealed class PrefixRule(string parameterPrefix, string namePrefix) : KeyRule
{
    public override IEnumerable<CheckpointKey>? Apply(string parameter) =>
        parameter.StartsWith(parameterPrefix, StringComparison.Ordinal)
            ? [new CheckpointKey(namePrefix + parameter[parameterPrefix.Length..], parameter, tensor => tensor.alias())]
            : null;
}
