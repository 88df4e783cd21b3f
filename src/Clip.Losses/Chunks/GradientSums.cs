using Clip.Shared;

namespace Clip.Losses.Chunks;

/// <summary>Collects the gradients of a loss from the gradients of its logits, some rows at a time.</summary>
internal sealed class GradientSums
{
    private readonly PairInputs _inputs;
    private readonly Tensor _images;
    private readonly Tensor _texts;
    private readonly Tensor _scale;
    private readonly Tensor _bias;

    /// <summary>Starts at zero.</summary>
    /// <param name="inputs">What the loss is computed from.</param>
    public GradientSums(PairInputs inputs)
    {
        _inputs = inputs;
        _images = zeros_like(inputs.Images);
        _texts = zeros_like(inputs.Texts);
        _scale = zeros_like(inputs.Scale);
        _bias = zeros_like(inputs.Scale);
    }

    /// <summary>Adds the part of some rows.</summary>
    /// <param name="start">The first row.</param>
    /// <param name="logits">The gradient of the loss with respect to these rows' logits, [chunk, M].</param>
    public void Add(long start, Tensor logits)
    {
        if (!_inputs.WantGradients)
            return;
        using var scope = NewDisposeScope();
        var rows = _inputs.Images.narrow(0, start, logits.shape[0]);
        var towards = logits.matmul(_inputs.Texts);                                              // [chunk, E]
        // Logits are scale * <row, column> + bias.
        _scale.AddInPlace(towards.flatten().dot(rows.flatten()).view(_scale.shape));
        _bias.AddInPlace(logits.sum().view(_bias.shape));
        _images.narrow(0, start, logits.shape[0]).copy_(towards.mul_(_inputs.Scale));
        _texts.AddInPlace(logits.t().matmul(rows));
    }

    /// <summary>The gradients, when all rows were added.</summary>
    /// <param name="value">The loss.</param>
    public PairGradients Complete(Tensor value) =>
        new(value, _images, _texts.mul_(_inputs.Scale), _scale, _bias);
}
