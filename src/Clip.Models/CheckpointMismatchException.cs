using System.Text;
using Clip.Checkpoints;

namespace Clip.Models;

/// <summary>A checkpoint's tensors are not those of the model it was loaded into.</summary>
/// <remarks>All names and shapes are compared before the first value is copied: nothing was loaded.</remarks>
public sealed class CheckpointMismatchException : CheckpointException
{
    private const int MostShown = 10;

    internal CheckpointMismatchException(
        string path,
        string kind,
        IReadOnlyList<string> missing,
        IReadOnlyList<string> unexpected,
        IReadOnlyList<ShapeMismatch> unequalShapes)
        : base(path, Describe(kind, missing, unexpected, unequalShapes))
    {
        MissingKeys = missing;
        UnexpectedKeys = unexpected;
        UnequalShapes = unequalShapes;
    }

    /// <summary>Tensors the model needs and the checkpoint does not have, by their names in the checkpoint.</summary>
    public IReadOnlyList<string> MissingKeys { get; }

    /// <summary>Tensors the checkpoint has and the model does not need.</summary>
    public IReadOnlyList<string> UnexpectedKeys { get; }

    /// <summary>Tensors that both have, in other shapes.</summary>
    public IReadOnlyList<ShapeMismatch> UnequalShapes { get; }

    private static string Describe(
        string kind,
        IReadOnlyList<string> missing,
        IReadOnlyList<string> unexpected,
        IReadOnlyList<ShapeMismatch> unequalShapes)
    {
        var text = new StringBuilder($"does not fit the model, read with {kind} names.");
        Append(text, "missing", missing);
        Append(text, "unexpected", unexpected);
        Append(text, "of another shape", unequalShapes.Select(mismatch => mismatch.ToString()).ToArray());
        text.Append(" Load it with the config it was trained with.");
        return text.ToString();
    }

    private static void Append(StringBuilder text, string what, IReadOnlyList<string> items)
    {
        if (items.Count == 0)
            return;
        text.Append($" {items.Count} {what}: {string.Join(", ", items.Take(MostShown))}");
        text.Append(items.Count > MostShown ? ", and more." : ".");
    }
}
