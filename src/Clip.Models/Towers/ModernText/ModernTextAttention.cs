using Clip.Kernels;
using Clip.Shared;

namespace Clip.Models;

/// <summary>Attention of tokens to each other, of which each token passes on what its gate lets through.</summary>
/// <remarks>
/// Maps [N, L, W] to the same shape. Sources: Henry et al. 2020, "Query-Key Normalization"; Qiu et al. 2025, "Gated Attention for Large Language
/// Models", section 2; Zhou et al. 2024, "Value Residual Learning", section 3.
/// </remarks>
internal sealed class ModernTextAttention : nn.Module<Tensor, Tensor?, Tensor>
{
    private readonly ModernTextConfig _config;
    private readonly RotaryEmbedding? _rotary;

    [ComponentName(Name = "in_proj_weight")] private Parameter _inputWeight;
    [ComponentName(Name = "in_proj_bias")] private Parameter? _inputBias;
    [ComponentName(Name = "q_norm")] private readonly nn.Module<Tensor, Tensor>? _queryNorm;
    [ComponentName(Name = "k_norm")] private readonly nn.Module<Tensor, Tensor>? _keyNorm;
    [ComponentName(Name = "gate")] private readonly LinearLayer? _gate;
    [ComponentName(Name = "vr_lambda")] private Parameter? _ownShare;
    [ComponentName(Name = "out_proj")] private readonly LinearLayer _output;

    /// <param name="weights">Makes the weights.</param>
    /// <param name="config">Sizes and choices.</param>
    /// <param name="isFirst">Whether it is the first, whose values others mix theirs with.</param>
    /// <param name="rotary">Turns queries and keys; null where nothing does. Borrowed.</param>
    public ModernTextAttention(WeightFactory weights, ModernTextConfig config, bool isFirst, RotaryEmbedding? rotary)
        : base(nameof(ModernTextAttention))
    {
        _config = config;
        _rotary = rotary;
        var (width, headWidth) = (config.Width, config.Width / config.Heads);
        _inputWeight = weights.Matrix(3 * width, width);
        if (config.AttentionBias)
            _inputBias = weights.Matrix(3 * width);
        _queryNorm = ModernTextNorm.TryCreate(config.NormedQueries, weights, config, headWidth);
        _keyNorm = ModernTextNorm.TryCreate(config.NormedQueries, weights, config, headWidth);
        if (config.GatedAttention)
            _gate = new LinearLayer(weights, width, width, config.GateBias);
        if (config.ValueResidual && !isFirst)
            _ownShare = weights.Sensitive(1);
        _output = new LinearLayer(weights, width, width, config.AttentionBias);
        RegisterComponents();
    }

    /// <summary>A weight that multiplies activations.</summary>
    public Tensor Reference => _output.Weight;

    public override Tensor forward(Tensor x, Tensor? mask) => Compute(x, mask, null).Tokens;

    /// <summary>Computes the attention with values of the first block too.</summary>
    /// <param name="x">[N, L, W].</param>
    /// <param name="mask">Added to the attention logits; null where the tower is causal.</param>
    /// <param name="firstValues">The first block's values [N, L, W]; null in the first block.</param>
    /// <returns>The output, and the own values before they are mixed; both [N, L, W].</returns>
    public (Tensor Tokens, Tensor Values) Compute(Tensor x, Tensor? mask, Tensor? firstValues) =>
        Compute(x, mask, firstValues, y => nn.functional.linear(y, _inputWeight, _inputBias), _gate is null ? null : _gate.call, _output.call);

    /// <summary>Moves the matrices into kernels.</summary>
    /// <returns>What computes in place of the attention, whose small layers it borrows.</returns>
    public ModernTextStep Pack(KernelBackend backend, KernelList kernels)
    {
        var input = kernels.Add(new PackedLinear(backend, _inputWeight, _inputBias));
        var gate = _gate is null ? null : kernels.Add(new PackedLinear(backend, _gate.Weight, _gate.BiasOrNull));
        var output = kernels.Add(new PackedLinear(backend, _output.Weight, _output.BiasOrNull));
        foreach (var parameter in new[] { _inputWeight, _inputBias }.OfType<Parameter>())
            parameter.Dispose();
        _gate?.Dispose();
        _output.Dispose();
        return (x, mask, firstValues) => Compute(x, mask, firstValues, input.Forward, gate is null ? null : gate.Forward, output.Forward);
    }

    /// <summary>Draws the weights.</summary>
    /// <param name="deviation">Standard deviation of what comes in.</param>
    /// <param name="outputDeviation">That of what goes out; 0 for zeros.</param>
    public void Initialize(double deviation, double outputDeviation)
    {
        nn.init.normal_(_inputWeight, std: deviation);
        if (_inputBias is not null)
            nn.init.zeros_(_inputBias);
        if (_gate is not null)
        {
            nn.init.normal_(_gate.Weight, std: deviation);
            // Mostly open (open_clip, transformer.py, init_parameters).
            if (_gate.BiasOrNull is { } bias)
                nn.init.ones_(bias);
        }
        if (_ownShare is not null)
            _ownShare.Initialize(0.5);
        nn.init.normal_(_output.Weight, std: outputDeviation);
        if (_output.BiasOrNull is { } outputBias)
            nn.init.zeros_(outputBias);
    }

    private (Tensor Tokens, Tensor Values) Compute(
        Tensor x, Tensor? mask, Tensor? firstValues, Func<Tensor, Tensor> input, Func<Tensor, Tensor>? gate, Func<Tensor, Tensor> output)
    {
        using var scope = NewDisposeScope();
        var projected = input(x).chunk(3, dim: 2);                                           // 3 x [N, L, W]
        var own = projected[2];
        var values = _ownShare is null || firstValues is null ? own : firstValues.Plus((own - firstValues) * _ownShare.to(own.dtype));
        var attended = AttentionHeads.Attend(
            Turn(_queryNorm, projected[0]), Turn(_keyNorm, projected[1]), values, _config.Heads, mask, causal: mask is null && _config.Causal);
        if (gate is not null)
            attended = attended * gate(x).sigmoid();
        return (output(attended).MoveToOuterDisposeScope(), own.MoveToOuterDisposeScope());
    }

    private Tensor Turn(nn.Module<Tensor, Tensor>? norm, Tensor x)
    {
        var normed = ModernTextNorm.Heads(norm, x, _config.Heads);
        return _rotary is null ? normed : _rotary.Rotate(normed, _config.Heads);
    }
}
