using Clip.Runtime.Kernels;

namespace Clip.Models;

public sealed partial class DualEncoder
{
    /// <summary>Whether <see cref="PackForInference"/> has moved the weights into another form.</summary>
    public bool IsPacked { get; private set; }

    /// <summary>
    /// Brings the weights into the form that computes fastest on this machine's CPU and releases them in the other. Embeddings stay the
    /// same but for rounding; the model can no longer be trained, copied or exported, and its embeddings carry no gradients.
    /// </summary>
    /// <remarks>
    /// On other devices, in float64, and where libtorch lacks the operators, nothing changes and <see cref="IsPacked"/> stays false.
    /// The model has to be in evaluation mode, as <see cref="Load"/> leaves it.
    /// </remarks>
    /// <exception cref="InvalidOperationException">The model is in training mode.</exception>
    public void PackForInference()
    {
        if (training)
            throw new InvalidOperationException("Weights are packed for evaluation; call eval() before.");
        if (IsPacked || _logLogitScale.device_type != DeviceType.CPU || !OneDnn.Serves(_image.DType))
            return;

        _image.Pack();
        _text.Pack();
        foreach (var parameter in parameters())
            parameter.requires_grad = false;
        IsPacked = true;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The weights are packed.</exception>
    public override void train(bool on = true)
    {
        if (on)
            RequirePlainWeights();
        base.train(on);
    }

    private void RequirePlainWeights()
    {
        if (IsPacked)
            throw new InvalidOperationException("The weights are packed for inference, which cannot be undone; load the model again for this.");
    }
}
