namespace Clip.Runtime.Kernels.Float32;

/// <summary>A stack of pre-norm transformer blocks in float32, with linear layers of any precision.</summary>
/// <remarks>
/// Results do not depend on the batch or the number of threads, to the last bit.
/// </remarks>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal sealed unsafe class Transformer<TSimd, TVector> : ITransformerKernel
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    // Tokens that a worker takes through all blocks at a time: weights are read once for all of them, activations stay a few megabytes.
    private const int TokensPerPart = 256;

    // Sharing every product costs about a tenth; leaving workers without a sequence may cost more.
    private const double BusyShare = 0.9;

    private readonly List<TransformerBlock<TSimd, TVector>> _blocks = [];
    private readonly Scratch _scratch = new();
    private readonly int _heads;
    private readonly double _epsilon;
    private readonly FusedActivation _activation;
    private readonly bool _causal;
    private readonly Func<Tensor, Tensor, IPackedLinear> _pack;

    /// <summary>Makes a stack without blocks.</summary>
    /// <param name="heads">Attention heads.</param>
    /// <param name="epsilon">What norms add to the variance.</param>
    /// <param name="activation">Activation of the perceptrons.</param>
    /// <param name="causal">Whether tokens see only those before them, where no mask is given.</param>
    /// <param name="pack">Packs the weight and the bias of a linear layer; null for float32.</param>
    public Transformer(long heads, double epsilon, FusedActivation activation, bool causal, Func<Tensor, Tensor, IPackedLinear>? pack = null)
    {
        _heads = (int)heads;
        _epsilon = epsilon;
        _activation = activation;
        _causal = causal;
        _pack = pack ?? (static (weight, bias) => new PackedMatrix<TSimd, TVector>(weight, bias));
    }

    /// <inheritdoc/>
    public void Append(BlockWeights block, bool isLast, long rows)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        _blocks.Add(new TransformerBlock<TSimd, TVector>(block, _epsilon, isLast ? _heads : null, _pack));
    }

    /// <inheritdoc/>
    public Tensor Forward(Tensor x, Tensor? mask) => Run(x, null, mask);

    /// <inheritdoc/>
    public Tensor ForwardAt(Tensor x, Tensor places, Tensor? mask) => Run(x, places, mask);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var block in _blocks)
            block.Dispose();
        _scratch.Dispose();
    }

    private Tensor Run(Tensor x, Tensor? places, Tensor? mask)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var (sequences, length, width) = ((nint)x.shape[0], (nint)x.shape[1], (nint)x.shape[2]);

        // The blocks work in place.
        var activations = TensorMemory.Copy(x);
        var chosen = places?.to(ScalarType.Int64).contiguous();
        var seen = mask?.to(ScalarType.Float32).expand(sequences, 1, length, length).contiguous();
        var output = places is null ? activations : empty([sequences, width], ScalarType.Float32);
        Run(new TransformerPass
        {
            Tokens = TensorMemory.Pointer<float>(activations),
            Sequences = sequences,
            Length = length,
            Width = width,
            Causal = _causal && mask is null,
            Places = chosen is null ? null : TensorMemory.Pointer<long>(chosen),
            Mask = seen is null ? null : TensorMemory.Pointer<float>(seen),
            Output = TensorMemory.Pointer<float>(output),
        });
        return output.MoveToOuterDisposeScope();
    }

    private void Run(TransformerPass pass)
    {
        if (pass.Sequences == 0)
            return;

        // With enough sequences each worker takes whole ones and never waits for another.
        var workers = Workers(pass);
        var turns = (pass.Sequences + workers - 1) / workers;
        if (pass.Sequences < BusyShare * turns * workers)
        {
            using var scratch = _scratch.Rent(ScratchLength(pass, workers));
            WorkerTeam.Shared.Run(workers, crew => Compute(crew, pass, scratch.Pointer));
            return;
        }

        var parts = (int)nint.Min(pass.Sequences, workers * ((turns * pass.Length + TokensPerPart - 1) / TokensPerPart));
        var largest = pass.Part(new(0, (pass.Sequences + parts - 1) / parts));
        var next = -1;
        WorkerTeam.Shared.Run(workers, _ =>
        {
            using var scratch = _scratch.Rent(ScratchLength(largest, workers: 1));
            for (var part = Interlocked.Increment(ref next); part < parts; part = Interlocked.Increment(ref next))
                Compute(Crew.Alone, pass.Part(WorkRange.Share(pass.Sequences, part, parts)), scratch.Pointer);
        });
    }

    private int Workers(in TransformerPass pass) =>
        WorkerTeam.SizeFor((double)pass.Rows * pass.Width * (4 * pass.Width + 2 * Hidden) * _blocks.Count);

    private nint Hidden => _blocks[0].Expand.Outputs;

    private nint ScratchLength(in TransformerPass pass, int workers)
    {
        var attention = pass.Rows * 3 * pass.Width + workers * AttentionLength(pass);
        var single = pass.Places is null ? 0 : _blocks[^1].SingleQuery!.ScratchLength(pass.Sequences, pass.Length, workers);
        return (pass.Rows + pass.Sequences) * pass.Width + ProductLength(pass.Rows) + nint.Max(pass.Rows * Hidden, nint.Max(attention, single));
    }

    // A layer's need grows with its inputs: no layer has more than the second of the MLP.
    private nint ProductLength(nint rows) => nint.Max(_blocks[0].Input.ScratchLength(rows), _blocks[0].Contract.ScratchLength(rows));

    private nint AttentionLength(in TransformerPass pass) => Attention<TSimd, TVector>.ScratchLength(pass.Length, (int)pass.Width / _heads);

    // Every worker of the crew runs it.
    private void Compute(Crew crew, TransformerPass pass, float* scratch)
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
            block.AttentionNorm.Compute(crew.Share(rows), tokens, normed);
            crew.Barrier();

            var attended = normed;
            if (pass.Places is not null && i == _blocks.Count - 1)
            {
                Choose(crew, pass, normed, chosen);
                Choose(crew, pass, tokens, pass.Output);
                crew.Barrier();
                AttendChosen(crew, pass, block, normed, chosen, wide);
                tokens = pass.Output;
                rows = pass.Sequences;
                attended = chosen;
            }
            else
            {
                Attend(crew, pass, block, normed, products, wide);
            }
            crew.Barrier();
            block.Output.Compute(crew, attended, rows, tokens, width, products, addends: tokens);
            crew.Barrier();

            block.PerceptronNorm.Compute(crew.Share(rows), tokens, normed);
            crew.Barrier();
            block.Expand.Compute(crew, normed, rows, wide, Hidden, products, activation: _activation);
            crew.Barrier();
            block.Contract.Compute(crew, wide, rows, tokens, width, products, addends: tokens);
            crew.Barrier();
        }
    }

    // Normed tokens to what the heads found, in their place, [rows, W].
    private void Attend(Crew crew, in TransformerPass pass, TransformerBlock<TSimd, TVector> block, float* tokens, float* products, float* scratch)
    {
        var (rows, width, stride) = (pass.Rows, pass.Width, 3 * pass.Width);
        block.Input.Compute(crew, tokens, rows, scratch, stride, products);
        crew.Barrier();
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
            Scale = 1 / MathF.Sqrt(width / _heads),
            Causal = pass.Causal,
            Mask = pass.Mask,
        };
        var own = scratch + rows * stride + crew.Rank * AttentionLength(pass);
        Attention<TSimd, TVector>.Compute(crew, inputs, _heads, (int)width / _heads, tokens, own);
    }

    // The same for one token of each sequence, [sequences, W].
    private static void AttendChosen(
        Crew crew, in TransformerPass pass, TransformerBlock<TSimd, TVector> block, float* tokens, float* chosen, float* scratch)
    {
        var inputs = new SingleQueryInputs
        {
            Tokens = tokens,
            Asking = chosen,
            AskingStride = pass.Width,
            Sequences = pass.Sequences,
            Length = pass.Length,
            Causal = pass.Causal,
            Places = pass.Places,
            Mask = pass.Mask,
        };
        block.SingleQuery!.Compute(crew, inputs, chosen, scratch);
    }

    // The chosen token of each sequence, [sequences · L, W] to [sequences, W].
    private static void Choose(Crew crew, in TransformerPass pass, float* source, float* target)
    {
        var share = crew.Share(pass.Sequences);
        for (var sequence = share.First; sequence < share.End; sequence++)
        {
            var row = new Span<float>(source + (sequence * pass.Length + (nint)pass.Places[sequence]) * pass.Width, (int)pass.Width);
            row.CopyTo(new Span<float>(target + sequence * pass.Width, (int)pass.Width));
        }
    }
}
