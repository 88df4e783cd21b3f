namespace Clip.ZeroShot;

/// <summary>One class that an image may show.</summary>
/// <param name="ClassName">The class's name.</param>
/// <param name="Probability">
/// From 0 to 1. Models trained with a softmax: among the classes of the bank, which sum to 1, so one of them is likely whatever the
/// image shows. Models trained with a sigmoid: by itself.
/// </param>
public readonly record struct ClassPrediction(string ClassName, float Probability)
{
    /// <summary>The class's index in the bank.</summary>
    public int Index { get; init; }

    /// <summary>The cosine of the angle between image and class, from -1 to 1; between 0.2 and 0.35 for what fits, in OpenAI's models.</summary>
    public float Similarity { get; init; }
}
