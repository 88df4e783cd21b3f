using Clip.Models;
using Parameter = TorchSharp.Modules.Parameter;

namespace Emoji.Training.Images;

/// <summary>A copy of the image tower that computes the gradient of its share of each batch on a thread of its own.</summary>
/// <remarks>
/// In half precision its weights are rounded anew for every step, and gradients are summed in float32 (Micikevicius et al. 2018, "Mixed Precision
/// Training", section 3.1). Batch norms see the images of one worker.
/// </remarks>
internal sealed class ImageWorker : IDisposable
{
    private readonly DualEncoder _copy;
    private readonly List<(Parameter Master, Parameter Own)> _parameters;

    /// <summary>Copies the tower.</summary>
    /// <param name="network">The model.</param>
    /// <param name="dtype">What the copy computes in.</param>
    public ImageWorker(DualEncoder network, ScalarType dtype)
    {
        _copy = network.Copy(dtype);
        _copy.train();
        _parameters = [.. network.Image.parameters().Zip(_copy.Image.parameters())];
        Statistics = [.. _copy.Image.buffers().Where(buffer => buffer.is_floating_point())];
    }

    /// <summary>The batch norms' running means and variances, in the order of the model's.</summary>
    public IReadOnlyList<Tensor> Statistics { get; }

    /// <summary>The loss of the last share.</summary>
    public double Loss { get; private set; }

    /// <summary>Takes the model's weights as they are and computes the gradient of a share of a batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="share">Which share.</param>
    /// <param name="shares">How many there are.</param>
    /// <param name="table">A unit vector for each emoji.</param>
    /// <returns>The gradient of the table, outside of dispose scopes.</returns>
    public Tensor ComputeGradient(ImageBatch batch, int share, int shares, Tensor table)
    {
        using var scope = NewDisposeScope();
        Refresh();
        var (pixels, emoji) = batch.Part(share, shares);
        var own = table.detach().clone().requires_grad_(true);
        var embeddings = nn.functional.normalize(_copy.Image.call(pixels).to(ScalarType.Float32), dim: 1);
        var loss = TableLoss.Compute(embeddings, own, emoji);
        loss.backward();
        Loss = loss.item<float>();
        return own.grad!.DetachFromDisposeScope();
    }

    /// <summary>Adds a share of the last gradient to that of the model.</summary>
    /// <param name="weight">The share.</param>
    public void MoveGradient(double weight)
    {
        using var noGradients = no_grad();
        foreach (var (master, own) in _parameters)
        {
            using var scope = NewDisposeScope();
            var gradient = own.grad!.to(ScalarType.Float32).Times(weight);
            master.grad = master.grad is { } sum ? sum.AddInPlace(gradient) : gradient.MoveToOuterDisposeScope();
            own.grad = null;
        }
    }

    public void Dispose() => _copy.Dispose();

    private void Refresh()
    {
        using var noGradients = no_grad();
        foreach (var (master, own) in _parameters)
            own.copy_(master);
    }
}
