namespace Clip.Runtime.Kernels.Float32;

/// <summary>A stack of pre-norm transformer blocks in float32.</summary>
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

    /// <summary>Makes a stack without blocks.</summary>
    /// <param name="heads">Attention heads.</param>
    /// <param name="epsilon">What norms add to the variance.</param>
    /// <param name="activation">Activation of the perceptrons.</param>
    /// <param name="causal">Whether tokens see only those before them, where no mask is given.</param>
    public Transformer(long heads, double epsilon, FusedActivation activation, bool causal)
    {
        _heads = (int)heads;
        _epsilon = epsilon;
        _activation = activation;
        _causal = causal;
    }

    /// <inheritdoc/>
    public void Append(BlockWeights block, bool isLast, long rows)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        _blocks.Add(new TransformerBlock<TSimd, TVector>(block, _epsilon));
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
            using var scratch = _scratch.Rent(SharedLength(pass) + workers * AttentionLength(pass));
            WorkerTeam.Shared.Run(workers, crew => Compute(crew, pass, scratch.Pointer));
            return;
        }

        var parts = (int)nint.Min(pass.Sequences, workers * ((turns * pass.Length + TokensPerPart - 1) / TokensPerPart));
        var largest = pass.Part(new(0, (pass.Sequences + parts - 1) / parts));
        var next = -1;
        WorkerTeam.Shared.Run(workers, _ =>
        {
            using var scratch = _scratch.Rent(SharedLength(largest) + AttentionLength(largest));
            for (var part = Interlocked.Increment(ref next); part < parts; part = Interlocked.Increment(ref next))
                Compute(Crew.Alone, pass.Part(WorkRange.Share(pass.Sequences, part, parts)), scratch.Pointer);
        });
    }

    private int Workers(in TransformerPass pass) =>
        WorkerTeam.SizeFor((double)pass.Rows * pass.Width * (4 * pass.Width + 2 * Hidden) * _blocks.Count);

    private nint Hidden => _blocks[0].Expand.Outputs;

    // Normed or attended tokens; queries, keys and values, or the perceptrons' activations; normed tokens and queries of those that are chosen.
    private nint SharedLength(in TransformerPass pass) => pass.Rows * (pass.Width + nint.Max(3 * pass.Width, Hidden)) + 2 * pass.Sequences * pass.Width;

    private nint AttentionLength(in TransformerPass pass) => Attention<TSimd, TVector>.ScratchLength(pass.Length, (int)pass.Width / _heads);

    // Every worker of the crew runs it.
    private void Compute(Crew crew, TransformerPass pass, float* scratch)
    {
        var (rows, width) = (pass.Rows, pass.Width);
        var normed = scratch;                                                                        // [rows, W]
        var wide = normed + rows * width;                                                            // [rows, 3 W] or [rows, hidden]
        var chosen = wide + rows * nint.Max(3 * width, Hidden);                                      // [sequences, W]
        var asking = chosen + pass.Sequences * width;                                                // [sequences, W]
        var attention = scratch + SharedLength(pass) + crew.Rank * AttentionLength(pass);
        var tokens = pass.Tokens;
        for (var i = 0; i < _blocks.Count; i++)
        {
            var block = _blocks[i];
            var choose = pass.Places is not null && i == _blocks.Count - 1;
            block.AttentionNorm.Compute(crew.Share(rows), tokens, normed);
            crew.Barrier();

            Multiply(crew, normed, rows, block.KeysAndValues, wide + width, 3 * width);
            var queries = wide;
            var queryStride = 3 * width;
            if (choose)
            {
                Choose(crew, pass, normed, chosen);
                Choose(crew, pass, tokens, pass.Output);
                crew.Barrier();
                tokens = pass.Output;
                rows = pass.Sequences;
                queries = asking;
                queryStride = width;
            }
            Multiply(crew, choose ? chosen : normed, rows, block.Queries, queries, queryStride);
            crew.Barrier();

            var inputs = new AttentionInputs
            {
                Queries = queries,
                QueryStride = queryStride,
                Keys = wide + width,
                Values = wide + 2 * width,
                KeyStride = 3 * width,
                Sequences = pass.Sequences,
                QueriesPerSequence = rows / pass.Sequences,
                Length = pass.Length,
                Causal = pass.Causal,
                Places = choose ? pass.Places : null,
                Mask = pass.Mask,
            };
            Attention<TSimd, TVector>.Compute(crew, inputs, _heads, (int)width / _heads, normed, attention);
            crew.Barrier();
            Multiply(crew, normed, rows, block.Output, tokens, width, addends: tokens);
            crew.Barrier();

            block.PerceptronNorm.Compute(crew.Share(rows), tokens, normed);
            crew.Barrier();
            Multiply(crew, normed, rows, block.Expand, wide, Hidden, activation: _activation);
            crew.Barrier();
            Multiply(crew, wide, rows, block.Contract, tokens, width, addends: tokens);
            crew.Barrier();
        }
    }

    private static void Multiply(
        Crew crew, float* input, nint rows, PackedMatrix<TSimd, TVector> weights, float* output, nint outputStride,
        float* addends = null, FusedActivation? activation = null) =>
        MatrixProduct<TSimd, TVector>.Compute(
            crew, new PlainRows(input, weights.Inputs, weights.Inputs), rows, weights, output, outputStride, addends, activation);

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
