namespace Clip.Training.FineTuning;

/// <summary>What low-rank adaptation trains in place of the weights.</summary>
public sealed record LoraOptions
{
    /// <summary>Rank of the change of each matrix. Positive.</summary>
    public int Rank { get; init; } = 8;

    /// <summary>The change is multiplied by this divided by the rank. Positive.</summary>
    public double Alpha { get; init; } = 16;

    /// <summary>Whether queries, keys, values and outputs of self-attention change.</summary>
    public bool Attention { get; init; } = true;

    /// <summary>Whether the MLPs of the blocks change.</summary>
    public bool Mlps { get; init; }

    /// <summary>Whether the image tower changes.</summary>
    public bool ImageTower { get; init; } = true;

    /// <summary>Whether the text tower changes.</summary>
    public bool TextTower { get; init; } = true;

    /// <summary>Whether the logit scale, and the logit bias where there is one, are trained too.</summary>
    public bool TrainLogitScale { get; init; } = true;

    internal void Validate(string path)
    {
        if (Rank <= 0)
            throw new ArgumentException($"{path}.{nameof(Rank)} must be positive but is {Rank}.");
        if (!(Alpha > 0))
            throw new ArgumentException($"{path}.{nameof(Alpha)} must be positive but is {Alpha}.");
        if (!(Attention || Mlps) || !(ImageTower || TextTower))
            throw new ArgumentException($"{path} changes nothing: choose attention or MLPs, and a tower.");
    }
}
