namespace Clip.Training.FusedLoss;

/// <summary>A loss as a function of logits, with its derivatives.</summary>
internal interface ILogitLoss
{
    /// <summary>Computes the loss and replaces the logits by their gradient.</summary>
    /// <param name="logits">[N, N].</param>
    /// <returns>The loss, and the sum of the gradient, which is that of the logit bias.</returns>
    (double Value, double OfBias) Differentiate(PaddedMatrix logits);
}
