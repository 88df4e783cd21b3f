using Clip.Kernels;
using Clip.Shared;

namespace Clip.Models;

/// <summary>The MLP of open_clip's "modern" text tower, gated or plain.</summary>
/// <remarks>Maps [N, L, W] to the same shape.</remarks>
internal sealed class ModernTextMlp : nn.Module<Tensor, Tensor>
{
    private readonly ModernTextConfig _config;

    // Which of the two names a layer has depends on the kind, in checkpoints too.
    [ComponentName(Name = "w12")] private readonly LinearLayer? _joined;
    [ComponentName(Name = "w3")] private readonly LinearLayer? _gatedOutput;
    [ComponentName(Name = "c_fc")] private readonly LinearLayer? _plain;
    [ComponentName(Name = "c_proj")] private readonly LinearLayer? _plainOutput;

    public ModernTextMlp(WeightFactory weights, ModernTextConfig config)
        : base(nameof(ModernTextMlp))
    {
        _config = config;
        var (width, hidden, bias) = (config.Width, config.MlpWidth, config.MlpBias);
        if (IsGated)
        {
            _joined = new LinearLayer(weights, width, 2 * hidden, bias);
            _gatedOutput = new LinearLayer(weights, hidden, width, bias);
        }
        else
        {
            _plain = new LinearLayer(weights, width, hidden, bias);
            _plainOutput = new LinearLayer(weights, hidden, width, bias);
        }
        RegisterComponents();
    }

    private bool IsGated => _config.Mlp == ModernTextMlpKind.SwiGlu;

    private LinearLayer Input => (_joined ?? _plain)!;

    private LinearLayer Output => (_gatedOutput ?? _plainOutput)!;

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        return Output.call(Hide(Input.call(x))).MoveToOuterDisposeScope();
    }

    /// <summary>Moves the matrices into kernels.</summary>
    /// <returns>What computes in place of the MLP.</returns>
    public Func<Tensor, Tensor> Pack(KernelBackend backend, KernelList kernels)
    {
        var (hidden, output) = (_config.MlpWidth, Output);
        // Products of two layers and squares are too wide apart for 8 bits.
        var contract = kernels.Add(new PackedLinear(backend, output.Weight, output.BiasOrNull, neverQuantized: _config.Mlp != ModernTextMlpKind.Gelu));
        if (IsGated)
        {
            var expand = PackPart(0, null);
            var gate = PackPart(hidden, Activation.Silu);
            Dispose();
            return x => contract.Forward(expand.Forward(x) * gate.Forward(x));
        }
        var plain = kernels.Add(new PackedLinear(backend, Input.Weight, Input.BiasOrNull, _config.Activation));
        Dispose();
        return _config.Mlp == ModernTextMlpKind.SquaredRelu
            ? x => contract.Forward(plain.Forward(x).Squared())
            : x => contract.Forward(plain.Forward(x));

        PackedLinear PackPart(int first, Activation? activation) => kernels.Add(new PackedLinear(
            backend, Input.Weight.narrow(0, first, hidden), Input.BiasOrNull?.narrow(0, first, hidden), activation));
    }

    /// <summary>Draws the weights.</summary>
    /// <param name="deviation">Standard deviation of what comes in.</param>
    /// <param name="outputDeviation">That of what goes out; 0 for zeros.</param>
    public void Initialize(double deviation, double outputDeviation)
    {
        nn.init.normal_(Input.Weight, std: deviation);
        nn.init.normal_(Output.Weight, std: outputDeviation);
        foreach (var bias in new[] { Input.BiasOrNull, Output.BiasOrNull }.OfType<Parameter>())
            nn.init.zeros_(bias);
    }

    // What comes of the first layer, before the second.
    private Tensor Hide(Tensor hidden)
    {
        switch (_config.Mlp)
        {
            case ModernTextMlpKind.SwiGlu:
                var halves = hidden.chunk(2, dim: 2);
                return halves[0] * nn.functional.silu(halves[1]);
            case ModernTextMlpKind.SquaredRelu:
                return hidden.relu().Squared();
            default:
                return nn.functional.gelu(hidden);
        }
    }
}
