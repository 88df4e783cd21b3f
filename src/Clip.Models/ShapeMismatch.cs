namespace Clip.Models;

/// <summary>A tensor whose shape in a checkpoint is not the model's.</summary>
/// <param name="Key">The tensor's name in the checkpoint.</param>
/// <param name="Expected">The shape the model needs.</param>
/// <param name="Actual">The shape in the checkpoint.</param>
public sealed record ShapeMismatch(string Key, ValueList<long> Expected, ValueList<long> Actual)
{
    /// <summary>As in "proj is [4, 2] but should be [2, 4]".</summary>
    public override string ToString() => $"{Key} is {Actual} but should be {Expected}";
}
