namespace Clip.ZeroShot.Evaluation;

/// <summary>Where the search for the smallest loss ended.</summary>
/// <param name="Parameters">W [C, D] and b [C], one after another.</param>
/// <param name="Loss">The loss there.</param>
/// <param name="Converged">Whether its gradient is within the tolerance.</param>
/// <param name="Iterations">Steps taken; null where the library gave up before its end.</param>
/// <param name="Evaluations">How often the loss was computed.</param>
internal readonly record struct LogisticMinimum(double[] Parameters, double Loss, bool Converged, int? Iterations, int Evaluations);
