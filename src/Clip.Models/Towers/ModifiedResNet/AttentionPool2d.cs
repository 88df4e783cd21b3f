using Clip.Kernels;
using Clip.Kernels.Contracts;
using Clip.Kernels.Weights;
using Clip.Shared;

namespace Clip.Models;

/// <summary>Attention of the mean over the image to all its positions, in place of average pooling.</summary>
/// <remarks>Maps positions [N, P, C] to features [N, C] and those to embeddings [N, E]. Source: Radford et al. 2021, section 2.4.</remarks>
internal sealed class AttentionPool2d : nn.Module<Tensor, Tensor>
{
    private readonly long _heads;

    [ComponentName(Name = "positional_embedding")] private Parameter _positions;
    [ComponentName(Name = "k_proj")] private readonly LinearLayer _keys;
    [ComponentName(Name = "q_proj")] private readonly LinearLayer _queries;
    [ComponentName(Name = "v_proj")] private readonly LinearLayer _values;
    [ComponentName(Name = "c_proj")] private readonly LinearLayer _projection;

    public AttentionPool2d(WeightFactory weights, long side, long channels, long heads, long embeddingSize)
        : base(nameof(AttentionPool2d))
    {
        _heads = heads;
        _positions = weights.Sensitive(side * side + 1, channels);
        _keys = new LinearLayer(weights, channels, channels);
        _queries = new LinearLayer(weights, channels, channels);
        _values = new LinearLayer(weights, channels, channels);
        _projection = new LinearLayer(weights, channels, embeddingSize);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var features = Attend(x);
        return Project(features);
    }

    /// <summary>Positions to features, [N, P, C] to [N, C].</summary>
    public Tensor Attend(Tensor x)
    {
        using var scope = NewDisposeScope();
        var mean = x.mean([1], keepdim: true);                                            // [N, 1, C]
        var tokens = cat([mean, x], dim: 1).Plus(_positions.to(x.dtype));                 // [N, 1 + P, C]
        // Only the mean's output is used, so only the mean is a query.
        var attended = AttentionHeads.Attend(
            _queries.call(tokens.narrow(1, 0, 1)), _keys.call(tokens), _values.call(tokens), _heads);   // [N, 1, C]
        return attended.squeeze(1).MoveToOuterDisposeScope();
    }

    /// <summary>Attends to one position at a time, [N, P, C] to [N, P, C].</summary>
    public Tensor AttendAlone(Tensor x)
    {
        using var scope = NewDisposeScope();
        return _values.call(x.Plus(_positions.narrow(0, 1, x.shape[1]).to(x.dtype))).MoveToOuterDisposeScope();
    }

    /// <summary>Features to embeddings, [N, C] to [N, E].</summary>
    public Tensor Project(Tensor features) => _projection.call(features);

    /// <summary>Moves the weights into kernels for inference on a CPU, where there are any.</summary>
    /// <param name="backend">Makes the kernels.</param>
    /// <param name="kernels">Where they are listed.</param>
    public (IAttentionPoolKernel? Pool, ILinearKernel? Projection) Pack(KernelBackend backend, KernelList kernels)
    {
        var attention = new SingleQueryWeights(_queries.Weight, _queries.Bias, _keys.Weight, _values.Weight, _values.Bias);
        var pool = kernels.Add(backend.TryCreateAttentionPool(new(_positions, attention, (int)_heads)));
        if (pool is not null)
        {
            foreach (var layer in (LinearLayer[])[_keys, _queries, _values])
                layer.Dispose();
        }
        return (pool, kernels.Add(backend.TryCreateLinear(_projection.Weight, _projection.Bias)));
    }

    /// <summary>Draws positions and projections from normal distributions (openai/CLIP, initialize_parameters).</summary>
    public void Initialize()
    {
        var deviation = 1 / Math.Sqrt(_positions.shape[1]);
        nn.init.normal_(_positions, std: deviation);
        foreach (var linear in (LinearLayer[])[_keys, _queries, _values, _projection])
        {
            LinearInitializer.Initialize(linear);
            nn.init.normal_(linear.Weight, std: deviation);
        }
    }
}
