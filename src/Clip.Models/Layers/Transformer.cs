namespace Clip.Models;

/// <summary>A stack of residual attention blocks.</summary>
/// <remarks>Maps [N, L, W] and an optional attention mask to [N, L, W].</remarks>
internal sealed class Transformer : nn.Module<Tensor, Tensor?, Tensor>
{
    private readonly TransformerConfig _config;

    [ComponentName(Name = "resblocks")] private readonly ModuleList<ResidualAttentionBlock> _blocks;

    public Transformer(WeightFactory weights, TransformerConfig config, bool causal)
        : base(nameof(Transformer))
    {
        _config = config;
        _blocks = nn.ModuleList(Enumerable.Range(0, config.Layers)
            .Select(_ => new ResidualAttentionBlock(weights, config, causal))
            .ToArray());
        RegisterComponents();
    }

    /// <summary>The dtype of the activations.</summary>
    public ScalarType DType => _blocks[0].Attention.DType;

    /// <summary>Whether the backward pass computes activations again instead of keeping them.</summary>
    public bool RecomputeActivations { get; set; }

    public override Tensor forward(Tensor x, Tensor? mask)
    {
        using var scope = NewDisposeScope();
        var recompute = RecomputeActivations && is_grad_enabled();
        var output = x.alias();
        foreach (var block in _blocks)
        {
            var next = recompute ? RecomputedBlock.Run(block, output, mask) : block.call(output, mask);
            output.Dispose();
            output = next;
        }
        return output.MoveToOuterDisposeScope();
    }

    /// <summary>Draws the weights from normal distributions whose width shrinks with depth, as in the original's text tower.</summary>
    /// <remarks>Source: openai/CLIP, initialize_parameters.</remarks>
    public void InitializeNormal()
    {
        double width = _config.Width;
        var residual = 1 / Math.Sqrt(width * 2 * _config.Layers);
        foreach (var block in _blocks)
        {
            block.Attention.InitializeNormal(1 / Math.Sqrt(width), residual);
            block.Perceptron.InitializeNormal(1 / Math.Sqrt(2 * width), residual);
        }
    }

    /// <summary>Draws the weights as PyTorch's layers do, which the original's image tower keeps.</summary>
    public void InitializeDefault()
    {
        foreach (var block in _blocks)
        {
            block.Attention.InitializeDefault();
            block.Perceptron.InitializeDefault();
        }
    }

    /// <summary>Draws the weights as SigLIP does.</summary>
    public void InitializeXavier()
    {
        foreach (var block in _blocks)
        {
            block.Attention.InitializeXavier();
            block.Perceptron.InitializeXavier();
        }
    }
}
