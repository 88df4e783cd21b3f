namespace Clip.ZeroShot.Evaluation;

/// <summary>How far an evaluation has come.</summary>
/// <param name="ImagesCompleted">Images done, unreadable ones included.</param>
/// <param name="ImagesTotal">Images in all.</param>
/// <param name="ImagesPerSecond">Mean speed since the start.</param>
public readonly record struct EvaluationProgress(long ImagesCompleted, long ImagesTotal, double ImagesPerSecond);
