namespace Clip.Training.FineTuning;

/// <summary>Keeps a tower's weights as they are, all of them or all but the last groups.</summary>
/// <remarks>
/// <para>
/// A tower's groups are, from input to output: what comes before the blocks; each block, the last together with the norm
/// after it; the projection. A ResNet's are its stem, its four stages and its pooling. The grouping is open_clip's.
/// </para>
/// <para>Source: Zhai et al. 2022, "LiT: Zero-Shot Transfer with Locked-image text Tuning".</para>
/// </remarks>
public sealed record TowerLock
{
    /// <summary>How many groups, counted from the output, are trained all the same. Not negative.</summary>
    public int UnlockedGroups { get; init; }

    internal void Validate(string path)
    {
        if (UnlockedGroups < 0)
            throw new ArgumentException($"{path}.{nameof(UnlockedGroups)} must not be negative but is {UnlockedGroups}.");
    }
}
