namespace Clip.Training.FusedLoss;

/// <summary>A loss as a function of logits, with its derivatives.</summary>
internal interface ILogitLoss
{
    /// <summary>Computes the loss and replaces what it is computed of by the gradient of the logits.</summary>
    /// <param name="logits">[N, N], products of embeddings, which make logits with scale and bias.</param>
    /// <param name="scale">By what products are multiplied.</param>
    /// <param name="bias">What is added then.</param>
    /// <returns>The loss, and its gradient with respect to the bias.</returns>
    (double Value, double OfBias) Differentiate(PaddedMatrix logits, float scale, float bias);
}
