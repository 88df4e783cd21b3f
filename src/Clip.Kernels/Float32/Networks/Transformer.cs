using System.Diagnostics;
using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Operators;
using Clip.Kernels.Float32.Products;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;
using Clip.Kernels.Weights;

namespace Clip.Kernels.Float32.Networks;

/// <summary>A stack of transformer blocks in float32, with linear layers of any precision.</summary>
/// <remarks>
/// Results do not depend on the batch or the number of threads, to the last bit.
/// </remarks>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal sealed unsafe class Transformer<TSimd, TVector> : ITransformerKernel
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    // Tokens that a thread takes through all blocks at a time: weights are read once for all of them, activations stay a few megabytes.
    private const int TokensPerPart = 256;

    // Sharing every product costs about a tenth; leaving threads without a sequence may cost more.
    private const double BusyShare = 0.9;

    private readonly List<TransformerBlock<TSimd, TVector>> _blocks = [];
    private readonly Scratch _scratch;
    private readonly TransformerShape _shape;
    private readonly Func<Tensor, Tensor, IPackedLinear> _pack;
    private readonly WeightFormat _singleQueryFormat;
    private readonly Rotation<TSimd, TVector>? _rotation;

    /// <summary>Makes a stack without blocks.</summary>
    /// <param name="shape">What the blocks have in common.</param>
    /// <param name="pack">Packs the weight and the bias of a linear layer; null for float32.</param>
    /// <param name="scratch">Memory that it shares with other kernels; null for memory of its own.</param>
    /// <param name="singleQueryFormat">What the weights of the last block's attention for one token alone are rounded to.</param>
    public Transformer(
        TransformerShape shape, Func<Tensor, Tensor, IPackedLinear>? pack = null, Scratch? scratch = null,
        WeightFormat singleQueryFormat = WeightFormat.Float32)
    {
        _singleQueryFormat = singleQueryFormat;
        _shape = shape;
        _scratch = (scratch ?? new()).Share();
        _pack = pack ?? (static (weight, bias) => new PackedMatrix<TSimd, TVector>(weight, bias));
        _rotation = shape.Rotary is { } table ? new(table) : null;
    }

    /// <inheritdoc/>
    public void Append(BlockWeights block, bool isLast, long rows)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        Debug.Assert(block.InputWeight.shape[1] % _shape.Heads == 0, "The heads divide the width.");
        Debug.Assert(_blocks.Count == 0 || block.ExpandWeight.shape[0] == Hidden, "All blocks have the same sizes.");
        Debug.Assert(!_shape.NormsBehind || block.SecondMlpNorm is null, "Two norms stand before the MLP.");
        Debug.Assert(_shape.Gated == block.GateWeight is not null, "A gate has weights.");
        Debug.Assert((_shape.InnerNorms, _shape.InnerNorms) == (block.HeadsNorm is not null, block.HiddenNorm is not null), "Inner norms have weights.");
        var arranged = _shape.Rotary is { HalvesArePairs: false } ? block.WithSplitPairs(_shape.Heads) : block;
        _blocks.Add(new TransformerBlock<TSimd, TVector>(
            arranged, _shape.NormEpsilon, isLast && _shape.HasShortcut ? _shape.Heads : null, _pack, _singleQueryFormat));
    }

    /// <inheritdoc/>
    public Tensor Forward(Tensor x, Tensor? mask) => Run(x, null, mask);

    /// <inheritdoc/>
    public Tensor ForwardGathered(Tensor places, Tensor order, long length, Tensor? mask)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var sequences = TensorMemory.Gather(places, order).view(places.shape[0] * places.shape[1] / length, length, places.shape[2]);
        return RunInPlace(sequences, null, mask, aloneBlocks: 0).view(places.shape).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor ForwardAt(Tensor x, Tensor positions, Tensor? mask) =>
        _shape.HasShortcut ? Run(x, positions, mask) : ChosenTokens.Of(Run(x, null, mask), positions);

    /// <inheritdoc/>
    public Tensor ForwardAlone(Tensor x, Tensor? mask, int blocks) => Run(x, null, mask, blocks);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var block in _blocks)
            block.Dispose();
        _rotation?.Dispose();
        _scratch.Dispose();
    }

    private Tensor Run(Tensor x, Tensor? positions, Tensor? mask, int aloneBlocks = 0)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        return RunInPlace(TensorMemory.Copy(x), positions, mask, aloneBlocks).MoveToOuterDisposeScope();
    }

    // Answers the activations, or the tokens at the positions; call it in a dispose scope.
    private Tensor RunInPlace(Tensor activations, Tensor? positions, Tensor? mask, int aloneBlocks)
    {
        var (sequences, length, width) = ((nint)activations.shape[0], (nint)activations.shape[1], (nint)activations.shape[2]);
        Debug.Assert(width == _blocks[0].Output.Outputs, "Activations have the width of the blocks.");
        Debug.Assert(_rotation is null || _rotation.Length == length, "There is an angle for every place.");
        Debug.Assert(positions is null || _blocks[^1].SingleQuery is not null, "The block appended as the last computes single tokens.");
        Debug.Assert(positions is null || AreWithin(positions, length), "Positions are within the sequences.");

        var chosen = positions?.to(ScalarType.Int64).contiguous();
        var seen = mask?.to(ScalarType.Float32).expand([.. mask.shape[..2], length, length]).contiguous();
        Debug.Assert(seen is null || sequences == 0 || sequences % seen.shape[0] == 0, "Sequences have masks of their own or share them in turn.");
        Debug.Assert(seen is null || seen.shape[1] == 1 || seen.shape[1] == _shape.Heads, "Heads have masks of their own or share one.");
        var output = positions is null ? activations : empty([sequences, width], ScalarType.Float32);
        Run(new TransformerPass
        {
            Tokens = TensorMemory.Pointer<float>(activations),
            Sequences = sequences,
            Length = length,
            Width = width,
            Causal = _shape.Causal && mask is null,
            AloneBlocks = aloneBlocks,
            Positions = chosen is null ? null : TensorMemory.Pointer<long>(chosen),
            Mask = seen is null ? null : new AttentionMask
            {
                Values = TensorMemory.Pointer<float>(seen),
                Sequences = (nint)seen.shape[0],
                Heads = (nint)seen.shape[1],
                Length = length,
            },
            Output = TensorMemory.Pointer<float>(output),
        });
        return output;
    }

    private static bool AreWithin(Tensor positions, long length) =>
        positions.numel() == 0 || (positions.min().item<long>() >= 0 && positions.max().item<long>() < length);

    private void Run(TransformerPass pass)
    {
        if (pass.Sequences == 0)
            return;

        // With enough sequences each thread takes whole ones and never waits for another.
        var threads = Threads(pass);
        var turns = (pass.Sequences + threads - 1) / threads;
        if (pass.Sequences < BusyShare * turns * threads)
        {
            using var scratch = _scratch.Rent(ScratchLength(pass, threads));
            KernelThreads.Shared.Run(threads, team => Compute(team, pass, scratch.Pointer));
            return;
        }

        var parts = (int)nint.Min(pass.Sequences, threads * ((turns * pass.Length + TokensPerPart - 1) / TokensPerPart));
        var largest = pass.Part(new(0, (pass.Sequences + parts - 1) / parts));
        var next = -1;
        KernelThreads.Shared.Run(threads, _ =>
        {
            using var scratch = _scratch.Rent(ScratchLength(largest, threads: 1));
            for (var part = Interlocked.Increment(ref next); part < parts; part = Interlocked.Increment(ref next))
                Compute(ThreadTeam.Alone, pass.Part(WorkRange.Share(pass.Sequences, part, parts)), scratch.Pointer);
        });
    }

    private int Threads(in TransformerPass pass) =>
        KernelThreads.SizeFor((double)pass.Rows * pass.Width * (4 * pass.Width + (2 + Gates) * Hidden) * _blocks.Count);

    private nint Hidden => _blocks[0].Expand.Outputs;

    private int Gates => _shape.Gated ? 1 : 0;

    private nint ScratchLength(in TransformerPass pass, int threads)
    {
        var attention = pass.Rows * 3 * pass.Width + threads * AttentionLength(pass);
        var single = pass.Positions is null ? 0 : _blocks[^1].SingleQuery!.ScratchLength(pass.Sequences, pass.Length, threads);
        return (pass.Rows + pass.Sequences) * pass.Width + ProductLength(pass.Rows) + nint.Max(pass.Rows * (1 + Gates) * Hidden, nint.Max(attention, single));
    }

    // A layer's need grows with its inputs: no layer has more than the second of the MLP.
    private nint ProductLength(nint rows) => nint.Max(_blocks[0].Input.ScratchLength(rows), _blocks[0].Contract.ScratchLength(rows));

    private nint AttentionLength(in TransformerPass pass) => Attention<TSimd, TVector>.ScratchLength(pass.Length, (int)pass.Width / _shape.Heads);

    // Every thread of the team runs it.
    private void Compute(ThreadTeam team, TransformerPass pass, float* scratch)
    {
        var (rows, width) = (pass.Rows, pass.Width);
        var normed = scratch;                                                                        // [rows, W]
        var chosen = normed + rows * width;                                                          // [sequences, W]
        var products = chosen + pass.Sequences * width;                                              // of each linear layer what it needs
        var wide = products + ProductLength(rows);                                                   // of each other step what it needs
        var tokens = pass.Tokens;
        for (var i = 0; i < _blocks.Count; i++)
        {
            var block = _blocks[i];
            if (!_shape.NormsBehind)
            {
                block.AttentionNorm.Compute(team.Share(rows), tokens, normed);
                team.Barrier();
            }

            var attended = normed;
            if (pass.Positions is not null && i == _blocks.Count - 1)
            {
                Choose(team, pass, normed, chosen);
                Choose(team, pass, tokens, pass.Output);
                team.Barrier();
                AttendChosen(team, pass, block, normed, chosen, wide);
                tokens = pass.Output;
                rows = pass.Sequences;
                attended = chosen;
            }
            else if (i >= _blocks.Count - pass.AloneBlocks)
            {
                AttendAlone(team, pass, block, _shape.NormsBehind ? tokens : normed, normed, products, wide);
            }
            else
            {
                Attend(team, pass, block, _shape.NormsBehind ? tokens : normed, normed, products, wide);
            }
            team.Barrier();
            if (block.HeadsNorm is { } headsNorm)
            {
                headsNorm.Compute(team.Share(rows), attended, attended);
                team.Barrier();
            }
            AddBranch(team, block.Output, block.AttentionNorm, attended, rows, tokens, products, branch: wide);

            if (!_shape.NormsBehind)
            {
                block.MlpNorm.Compute(team.Share(rows), tokens, normed);
                block.SecondMlpNorm?.Compute(team.Share(rows), normed, normed);
                team.Barrier();
            }
            Expand(team, block, _shape.NormsBehind ? tokens : normed, rows, products, wide);
            AddBranch(team, block.Contract, block.MlpNorm, wide, rows, tokens, products, branch: normed);
        }
    }

    // The last matrix of a branch, added to the tokens; with a norm between the two where norms stand behind branches.
    private void AddBranch(
        ThreadTeam team, IPackedLinear last, LayerNorm<TSimd, TVector> norm, float* inputs, nint rows, float* tokens, float* products, float* branch)
    {
        var width = last.Outputs;
        if (_shape.NormsBehind)
        {
            last.Compute(team, inputs, rows, branch, width, products);
            team.Barrier();
            norm.Compute(team.Share(rows), branch, branch);
            RowArithmetic<TSimd, TVector>.Add(team.Share(rows), width, tokens, branch);
        }
        else
        {
            last.Compute(team, inputs, rows, tokens, width, products, addends: tokens);
        }
        team.Barrier();
    }

    // Tokens to hidden channels, [rows, hidden].
    private void Expand(ThreadTeam team, TransformerBlock<TSimd, TVector> block, float* tokens, nint rows, float* products, float* hidden)
    {
        block.Expand.Compute(team, tokens, rows, hidden, Hidden, products, activation: _shape.Gated ? null : _shape.Activation);
        team.Barrier();
        if (block.Gate is { } layer)
        {
            var gate = hidden + rows * Hidden;
            layer.Compute(team, tokens, rows, gate, Hidden, products, activation: _shape.Activation);
            team.Barrier();
            RowArithmetic<TSimd, TVector>.Multiply(team.Share(rows), Hidden, hidden, gate);
        }
        if (block.HiddenNorm is { } norm)
            norm.Compute(team.Share(rows), hidden, hidden);
        if (block.Gate is not null || block.HiddenNorm is not null)
            team.Barrier();
    }

    // Tokens to the outputs of the heads, [rows, W], which may be the tokens' memory.
    private void Attend(
        ThreadTeam team, in TransformerPass pass, TransformerBlock<TSimd, TVector> block, float* tokens, float* output, float* products, float* scratch)
    {
        var (rows, width, stride) = (pass.Rows, pass.Width, 3 * pass.Width);
        block.Input.Compute(team, tokens, rows, scratch, stride, products);
        team.Barrier();
        if (_rotation is not null)
        {
            _rotation.Compute(team.Share(rows), scratch, stride, 2 * _shape.Heads);
            team.Barrier();
        }
        var inputs = new AttentionInputs
        {
            Queries = scratch,
            QueryStride = stride,
            Keys = scratch + width,
            Values = scratch + 2 * width,
            KeyStride = stride,
            Sequences = pass.Sequences,
            QueriesPerSequence = pass.Length,
            Length = pass.Length,
            Scale = 1 / MathF.Sqrt(width / _shape.Heads),
            Causal = pass.Causal,
            Mask = pass.Mask,
        };
        var own = scratch + rows * stride + team.Rank * AttentionLength(pass);
        Attention<TSimd, TVector>.Compute(team, inputs, _shape.Heads, (int)width / _shape.Heads, output, own);
    }

    // The same where each token sees itself alone: the whole weight is on its own value.
    private static void AttendAlone(
        ThreadTeam team, in TransformerPass pass, TransformerBlock<TSimd, TVector> block, float* tokens, float* output, float* products, float* scratch)
    {
        var (width, stride) = (pass.Width, 3 * pass.Width);
        block.Input.Compute(team, tokens, pass.Rows, scratch, stride, products);
        team.Barrier();
        var share = team.Share(pass.Rows);
        for (var row = share.First; row < share.End; row++)
            new Span<float>(scratch + row * stride + 2 * width, (int)width).CopyTo(new Span<float>(output + row * width, (int)width));
    }

    // The same for one token of each sequence, [sequences, W].
    private static void AttendChosen(
        ThreadTeam team, in TransformerPass pass, TransformerBlock<TSimd, TVector> block, float* tokens, float* chosen, float* scratch)
    {
        var inputs = new SingleQueryInputs
        {
            Tokens = tokens,
            Queries = chosen,
            QueryStride = pass.Width,
            Sequences = pass.Sequences,
            Length = pass.Length,
            Causal = pass.Causal,
            Positions = pass.Positions,
            Mask = pass.Mask,
        };
        block.SingleQuery!.Compute(team, inputs, chosen, scratch);
    }

    // The chosen token of each sequence, [sequences · L, W] to [sequences, W].
    private static void Choose(ThreadTeam team, in TransformerPass pass, float* source, float* target)
    {
        var share = team.Share(pass.Sequences);
        for (var sequence = share.First; sequence < share.End; sequence++)
        {
            var row = new Span<float>(source + (sequence * pass.Length + (nint)pass.Positions[sequence]) * pass.Width, (int)pass.Width);
            row.CopyTo(new Span<float>(target + sequence * pass.Width, (int)pass.Width));
        }
    }
}
