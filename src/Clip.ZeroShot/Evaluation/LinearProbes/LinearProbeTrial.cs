namespace Clip.ZeroShot.Evaluation;

/// <summary>One fit of a sweep.</summary>
/// <param name="Regularization">scikit-learn's C.</param>
/// <param name="ValidationScore">What the sweep maximizes, on the validation rows.</param>
/// <param name="TrainTop1">Accuracy on the rows it was fitted to.</param>
/// <param name="Loss">The objective per row.</param>
/// <param name="Iterations">Steps of L-BFGS; null where it was given up since no step changed the loss any more in double precision.</param>
/// <param name="Converged">Whether the gradient is within the tolerance.</param>
public readonly record struct LinearProbeTrial(
    double Regularization, double ValidationScore, double TrainTop1, double Loss, int? Iterations, bool Converged);
