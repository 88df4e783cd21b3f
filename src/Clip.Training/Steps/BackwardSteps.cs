namespace Clip.Training.Steps;

/// <summary>What happens around the backward passes of a step.</summary>
internal sealed record BackwardSteps
{
    /// <summary>What gradients are multiplied by.</summary>
    public double GradientScale { get; init; } = 1;

    /// <summary>The number of the first micro-batch in the batch of all ranks.</summary>
    public int FirstMicroBatch { get; init; }

    /// <summary>Called after each backward pass.</summary>
    public Action? AfterBackward { get; init; }

    /// <summary>Called when all gradients of the image tower are there, before the text tower runs backward.</summary>
    public Action? AfterImageTower { get; init; }
}
