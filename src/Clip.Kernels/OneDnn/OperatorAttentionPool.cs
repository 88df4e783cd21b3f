using Clip.Kernels.Contracts;
using Clip.Kernels.Weights;
using Clip.Shared;

namespace Clip.Kernels.OneDnn;

/// <summary>Attention of the mean over an image to all its positions, by libtorch's operators.</summary>
/// <remarks>
/// With one query q per image, q · (K x) is (q K) · x for each head, and the sum of weighted values V x is V times the weighted sum of
/// the x: keys and values of the positions need not be computed. A bias of the keys shifts all logits alike and falls out.
/// </remarks>
internal sealed class OperatorAttentionPool : IAttentionPoolKernel
{
    private readonly AttentionPoolWeights _weights;

    /// <summary>Copies the weights.</summary>
    public OperatorAttentionPool(AttentionPoolWeights weights)
    {
        using var noGradients = no_grad();
        var attention = weights.Attention;
        _weights = new(
            Copy(weights.Positions),
            new(Copy(attention.QueryWeight), Copy(attention.QueryBias), Copy(attention.KeyWeight), Copy(attention.ValueWeight), Copy(attention.ValueBias)),
            weights.Heads);
    }

    /// <inheritdoc/>
    public Tensor Attend(Tensor features)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var (attention, heads) = (_weights.Attention, _weights.Heads);
        var (images, channels) = (features.shape[0], features.shape[2]);
        var headSize = channels / heads;
        var mean = features.mean([1], keepdim: true);                                                     // [N, 1, C]
        var tokens = cat([mean, features], dim: 1).Plus(_weights.Positions.to(features.dtype));           // [N, 1 + P, C]
        var query = nn.functional.linear(tokens.select(1, 0), attention.QueryWeight, attention.QueryBias).DividedBy(Math.Sqrt(headSize));
        var projected = query.view(images, heads, headSize).transpose(0, 1)
            .bmm(attention.KeyWeight.view(heads, headSize, channels)).transpose(0, 1);                    // [N, heads, C]
        var weights = projected.matmul(tokens.transpose(1, 2)).softmax(-1);                               // [N, heads, 1 + P]
        var gathered = weights.matmul(tokens).transpose(0, 1)
            .bmm(attention.ValueWeight.view(heads, headSize, channels).transpose(1, 2)).transpose(0, 1);  // [N, heads, C / heads]
        return gathered.reshape(images, channels).Plus(attention.ValueBias).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor AttendAlone(Tensor features)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var tokens = features.Plus(_weights.Positions.narrow(0, 1, features.shape[1]).to(features.dtype));     // [N, P, C]
        return nn.functional.linear(tokens, _weights.Attention.ValueWeight, _weights.Attention.ValueBias).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        var attention = _weights.Attention;
        foreach (var tensor in (Tensor[])
            [_weights.Positions, attention.QueryWeight, attention.QueryBias, attention.KeyWeight, attention.ValueWeight, attention.ValueBias])
        {
            tensor.Dispose();
        }
    }

    // A kernel is made inside of someone's dispose scope and outlives it.
    private static Tensor Copy(Tensor weight) => weight.detach().clone().DetachFromDisposeScope();
}
