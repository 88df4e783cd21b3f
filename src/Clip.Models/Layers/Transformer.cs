using Clip.Kernels;
using Clip.Kernels.Contracts;
using Clip.Kernels.Weights;

namespace Clip.Models;

/// <summary>A stack of transformer blocks, pre-norm or post-norm.</summary>
/// <remarks>Maps [N, L, W] and an optional attention mask to [N, L, W].</remarks>
internal sealed class Transformer : nn.Module<Tensor, Tensor?, Tensor>
{
    private readonly TransformerConfig _config;
    private readonly bool _causal;
    private readonly RotaryEmbedding? _rotary;
    private readonly bool _postNorm;
    private readonly BlockMemory? _memory;

    [ComponentName(Name = "resblocks")] private readonly ModuleList<SelfAttentionBlock> _blocks;

    /// <param name="weights">Makes the weights.</param>
    /// <param name="config">Sizes and choices.</param>
    /// <param name="causal">Whether tokens see only those before them, where no mask is given.</param>
    /// <param name="inputBias">Whether queries, keys and values have a bias.</param>
    /// <param name="rotary">Turns queries and keys; null where nothing does. The stack disposes it.</param>
    /// <param name="postNorm">Whether the blocks norm behind what they add.</param>
    public Transformer(
        WeightFactory weights, TransformerConfig config, bool causal, bool inputBias = true, RotaryEmbedding? rotary = null, bool postNorm = false)
        : base(nameof(Transformer))
    {
        _config = config;
        _causal = causal;
        _rotary = rotary;
        _postNorm = postNorm;
        // Blocks with norms behind them keep some of their layers when they are packed.
        _memory = postNorm ? null : weights.Memory;
        _blocks = nn.ModuleList(postNorm
            ? [.. Enumerable.Range(0, config.Layers).Select(SelfAttentionBlock (_) => new PostNormBlock(weights, config))]
            : weights.CreateBlocks<SelfAttentionBlock>(config.Layers, own => new ResidualAttentionBlock(own, config, causal, inputBias, rotary)));
        RegisterComponents();
    }

    /// <summary>A weight that multiplies activations: its dtype and device are those of the computation.</summary>
    public Tensor Reference => _blocks[0].Attention.Input.Weight;

    /// <summary>The dtype of the activations.</summary>
    public ScalarType DType => Reference.dtype;

    private TransformerShape Shape => new()
    {
        Heads = _config.Heads,
        NormEpsilon = _config.NormEpsilon,
        Activation = _config.Activation.ToFused(),
        Causal = _causal,
        Rotary = _rotary?.Table,
    };

    /// <summary>Whether the backward pass computes activations again instead of keeping them.</summary>
    public bool RecomputeActivations { get; set; }

    /// <summary>Moves the weights into a kernel for inference on a CPU, block by block; the blocks are disposed.</summary>
    /// <param name="rows">Tokens that usually pass together.</param>
    /// <param name="backend">Makes the kernel.</param>
    public ITransformerKernel Pack(long rows, KernelBackend backend)
    {
        ITransformerKernel kernel = _postNorm ? new PostNormTransformer(Shape, _config.Activation, backend) : backend.CreateTransformer(Shape);
        return TransformerPacking.Fill(kernel, _blocks, WeightsOf, rows);
    }

    private BlockWeights WeightsOf(SelfAttentionBlock block)
    {
        _memory?.Fill(block);
        return block.Weights;
    }

    /// <summary>Runs the blocks for further tokens of texts.</summary>
    /// <param name="x">Activations of the further tokens [N, T, W].</param>
    /// <param name="before">Keys and values of those before them, to which theirs are added.</param>
    /// <param name="mask">Added to the attention logits, broadcast to [N, heads, T, all]; null where every token is seen.</param>
    public Tensor Continue(Tensor x, KeyValueCache before, Tensor? mask)
    {
        using var scope = NewDisposeScope();
        for (var layer = 0; layer < _blocks.Count; layer++)
            x = _blocks[layer].Continue(x, before, layer, mask);
        return x.MoveToOuterDisposeScope();
    }

    /// <summary>Runs the blocks for one token of each sequence.</summary>
    /// <param name="x">Activations [N, L, W].</param>
    /// <param name="positions">Which token, int64 [N].</param>
    /// <param name="mask">The attention mask, or null.</param>
    /// <returns>[N, W].</returns>
    public Tensor ForwardAt(Tensor x, Tensor positions, Tensor? mask)
    {
        using var scope = NewDisposeScope();
        var before = Run(x, _ => mask, _blocks.Count - 1);
        var last = _blocks[^1];
        var chosen = mask is null && positions.device_type == DeviceType.CPU
            ? last.TryRun(before, BlockTokens.Of(before) with { Chosen = positions.data<long>().ToArray() })
            : null;
        return (chosen ?? ChosenTokens.Of(Run(last, before, mask), positions)).MoveToOuterDisposeScope();
    }

    /// <summary>Whether kernels for training compute sequences of different lengths.</summary>
    /// <param name="kernels">The kernels.</param>
    public bool ServesSequences(ITrainingKernels kernels)
    {
        using var scope = NewDisposeScope();
        return !_postNorm && !RecomputeActivations && _rotary is null && kernels.Serves(_blocks[0].Weights, Shape);
    }

    /// <summary>Runs the blocks for the last token of each of some sequences, by kernels for training.</summary>
    /// <param name="x">Activations [T, W].</param>
    /// <param name="sequences">Where the sequences lie.</param>
    /// <returns>[N, W].</returns>
    public Tensor ForwardLast(Tensor x, TokenSequences sequences)
    {
        using var scope = NewDisposeScope();
        var tokens = BlockTokens.Of(sequences);
        foreach (var block in _blocks.Take(_blocks.Count - 1))
            x = Run(block, tokens);
        var starts = sequences.Starts.ToArray();
        return Run(_blocks[^1], tokens with { Chosen = [.. starts.Zip(starts.Skip(1), (start, end) => end - start - 1)] }).MoveToOuterDisposeScope();

        Tensor Run(SelfAttentionBlock block, BlockTokens tokens) =>
            block.TryRun(x, tokens) ?? throw new InvalidOperationException("The blocks of a transformer have one form.");
    }

    /// <summary>Runs the blocks, in the last of which each token attends to itself alone.</summary>
    /// <param name="x">Activations [N, L, W].</param>
    /// <param name="blocks">In how many blocks, from 0 to all.</param>
    /// <returns>[N, L, W].</returns>
    public Tensor ForwardAlone(Tensor x, int blocks)
    {
        using var scope = NewDisposeScope();
        var alone = AttentionHeads.AloneMask(x);
        return Run(x, layer => layer >= _blocks.Count - blocks ? alone : null, _blocks.Count).MoveToOuterDisposeScope();
    }

    public override Tensor forward(Tensor x, Tensor? mask) => Run(x, _ => mask, _blocks.Count);

    private Tensor Run(Tensor x, Func<int, Tensor?> maskOf, int count)
    {
        using var scope = NewDisposeScope();
        var output = x.alias();
        foreach (var (layer, block) in _blocks.Take(count).Index())
        {
            var next = Run(block, output, maskOf(layer));
            output.Dispose();
            output = next;
        }
        return output.MoveToOuterDisposeScope();
    }

    private Tensor Run(SelfAttentionBlock block, Tensor x, Tensor? mask) =>
        RecomputeActivations && is_grad_enabled() ? RecomputedBlock.Run(block, x, mask) : block.call(x, mask);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _rotary?.Dispose();
        base.Dispose(disposing);
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
            block.Mlp.InitializeNormal(1 / Math.Sqrt(2 * width), residual);
        }
    }

    /// <summary>Draws the weights as PyTorch's layers do, which the original's image tower keeps.</summary>
    public void InitializeDefault()
    {
        foreach (var block in _blocks)
        {
            block.Attention.InitializeDefault();
            block.Mlp.InitializeDefault();
        }
    }

    /// <summary>Draws all matrices from one normal distribution, as BERT's models do; biases are zero.</summary>
    /// <param name="deviation">Its standard deviation.</param>
    public void InitializeNormal(double deviation)
    {
        foreach (var block in _blocks)
        {
            block.Attention.InitializeNormal(deviation, deviation);
            block.Mlp.InitializeNormal(deviation, deviation);
            nn.init.zeros_(block.Mlp.Expand.Bias);
            nn.init.zeros_(block.Mlp.Contract.Bias);
        }
    }

    /// <summary>Draws the weights as SigLIP does.</summary>
    public void InitializeXavier()
    {
        foreach (var block in _blocks)
        {
            block.Attention.InitializeXavier();
            block.Mlp.InitializeXavier();
        }
    }
}
