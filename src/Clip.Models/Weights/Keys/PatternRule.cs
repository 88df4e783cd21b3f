namespace Clip.Models;

/// <summary>Parameters of one name, the block's number aside.</summary>
/// <remarks>
/// "{i}" stands for a number in both names. A rule has one target per tensor of the checkpoint: the rows of in_proj are
/// three tensors in some layouts.
/// </remarks>
/// <param name="pattern">The parameter's name in the model, with at most one "{i}".</param>
/// <param name="targets">The checkpoint's names, each with the view of the parameter that it holds.</param>
internal sealed class PatternRule(string pattern, params (string Name, Func<Tensor, Tensor> View)[] targets) : KeyRule
{
    private const string Number = "{i}";

    private readonly string[] _parts = pattern.Split(Number);

    public override IEnumerable<CheckpointKey>? Apply(string parameter)
    {
        if (Match(parameter) is not { } number)
            return null;
        return targets.Select(target => new CheckpointKey(target.Name.Replace(Number, number), parameter, target.View));
    }

    // The number in a matching name, "" where there is none; null for other names.
    private string? Match(string name)
    {
        if (_parts is [var whole])
            return name == whole ? "" : null;

        var (start, end) = (_parts[0], _parts[1]);
        if (name.Length <= start.Length + end.Length
            || !name.StartsWith(start, StringComparison.Ordinal)
            || !name.EndsWith(end, StringComparison.Ordinal))
        {
            return null;
        }
        var number = name[start.Length..^end.Length];
        return number.All(char.IsAsciiDigit) ? number : null;
    }
}
