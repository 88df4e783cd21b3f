using Clip.Kernels;
using Clip.Kernels.Contracts;
using Clip.Kernels.Weights;

namespace Clip.Models;

/// <summary>Attention of the mean over the picture to all its places, in place of average pooling.</summary>
/// <remarks>Maps places [N, P, C] to features [N, C] and those to embeddings [N, E]. Source: Radford et al. 2021, section 2.4.</remarks>
internal sealed class AttentionPool2d : nn.Module<Tensor, Tensor>
{
    private readonly long _heads;
    private IAttentionPoolKernel? _kernel;
    private ILinearKernel? _projectionKernel;

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

    public override Tensor forward(Tensor places)
    {
        using var features = Attend(places);
        return Project(features);
    }

    /// <summary>Places to features, [N, P, C] to [N, C].</summary>
    public Tensor Attend(Tensor places)
    {
        using var scope = NewDisposeScope();
        var mean = places.mean([1], keepdim: true);                                       // [N, 1, C]
        var tokens = cat([mean, places], dim: 1) + _positions.to(places.dtype);           // [N, 1 + P, C]
        // Only the mean's answer is used, so only the mean asks.
        var attended = AttentionHeads.Attend(
            _queries.call(tokens.narrow(1, 0, 1)), _keys.call(tokens), _values.call(tokens), _heads);   // [N, 1, C]
        return attended.squeeze(1).MoveToOuterDisposeScope();
    }

    /// <summary>The same places to features with a fraction of the work, rounded differently.</summary>
    /// <remarks>
    /// With one query q per picture, q · (K x) is (q K) · x for each head, and the sum of weighted values V x is V times the weighted
    /// sum of the x: keys and values of the places need not be computed. A bias of the keys shifts all logits alike and falls out.
    /// </remarks>
    public Tensor AttendByMean(Tensor places)
    {
        if (_kernel is not null)
            return _kernel.Attend(places);

        using var scope = NewDisposeScope();
        var (images, channels) = (places.shape[0], places.shape[2]);
        var headSize = channels / _heads;
        var mean = places.mean([1], keepdim: true);                                                       // [N, 1, C]
        var tokens = cat([mean, places], dim: 1) + _positions.to(places.dtype);                           // [N, 1 + P, C]
        var query = _queries.call(tokens.select(1, 0)) / Math.Sqrt(headSize);                             // [N, C]
        var asked = query.view(images, _heads, headSize).transpose(0, 1)
            .bmm(_keys.Weight.view(_heads, headSize, channels)).transpose(0, 1);                          // [N, heads, C]
        var shares = asked.matmul(tokens.transpose(1, 2)).softmax(-1);                                    // [N, heads, 1 + P]
        var gathered = shares.matmul(tokens).transpose(0, 1)
            .bmm(_values.Weight.view(_heads, headSize, channels).transpose(1, 2)).transpose(0, 1);        // [N, heads, C / heads]
        return (gathered.reshape(images, channels) + _values.Bias).MoveToOuterDisposeScope();
    }

    /// <summary>Features to embeddings, [N, C] to [N, E].</summary>
    public Tensor Project(Tensor features) => _projectionKernel?.Forward(features) ?? _projection.call(features);

    /// <summary>Moves the weights into kernels for inference on a CPU, where there are any.</summary>
    public void Pack(KernelBackend backend)
    {
        var attention = new SingleQueryWeights(_queries.Weight, _queries.Bias, _keys.Weight, _values.Weight, _values.Bias);
        _kernel = backend.TryCreateAttentionPool(new(_positions, attention, (int)_heads));
        _projectionKernel = backend.TryCreateLinear(_projection.Weight, _projection.Bias);
        if (_kernel is null)
            return;
        foreach (var module in (nn.Module[])[_keys, _queries, _values])
            PackedWeights.Release(module);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _kernel?.Dispose();
            _projectionKernel?.Dispose();
        }
        base.Dispose(disposing);
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
