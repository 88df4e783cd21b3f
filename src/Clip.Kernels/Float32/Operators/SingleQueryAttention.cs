using Clip.Kernels.Float32.Products;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;
using Clip.Kernels.Weights;

namespace Clip.Kernels.Float32.Operators;

/// <summary>Attention of one token per sequence to all tokens, with a fraction of the work.</summary>
/// <remarks>
/// With one query q per sequence, q · (K x) is (q K) · x for each head, and the sum of weighted values V x is V times the weighted sum of
/// the x: keys and values of the tokens need not be computed. A bias of the keys shifts all logits alike and falls out.
/// </remarks>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal sealed unsafe class SingleQueryAttention<TSimd, TVector> : IDisposable
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private readonly PackedMatrix<TSimd, TVector> _queries;
    private readonly PackedMatrix<TSimd, TVector>[] _keys;
    private readonly PackedMatrix<TSimd, TVector>[] _values;
    private readonly nint _width;

    /// <summary>Packs the weights.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="heads">Attention heads.</param>
    /// <param name="format">What the copies of the weights are rounded to.</param>
    public SingleQueryAttention(SingleQueryWeights weights, int heads, WeightFormat format = WeightFormat.Float32)
    {
        _width = (nint)weights.QueryWeight.shape[0];
        _queries = new(weights.QueryWeight, weights.QueryBias, format);
        var size = _width / heads;
        _keys = [.. Enumerable.Range(0, heads).Select(head => new PackedMatrix<TSimd, TVector>(weights.KeyWeight.narrow(0, head * size, size).t(), null, format))];
        _values =
        [
            .. Enumerable.Range(0, heads).Select(head =>
                new PackedMatrix<TSimd, TVector>(weights.ValueWeight.narrow(0, head * size, size), weights.ValueBias.narrow(0, head * size, size), format)),
        ];
    }

    private int Heads => _keys.Length;

    /// <summary>Elements of scratch memory that a team needs.</summary>
    public nint ScratchLength(nint sequences, nint length, int threads) =>
        sequences * _width * (1 + 2 * Heads) + threads * Attention<TSimd, TVector>.ScratchLength(length, (int)_width);

    /// <summary>Computes the attention; every thread of the team a share. The result can be read after a barrier.</summary>
    /// <param name="team">Who works on it.</param>
    /// <param name="inputs">The tokens, and which of them are queries.</param>
    /// <param name="output">The results of the heads side by side, [sequences, W]; may be the queries.</param>
    /// <param name="scratch">The team's scratch memory.</param>
    public void Compute(ThreadTeam team, in SingleQueryInputs inputs, float* output, float* scratch)
    {
        var (sequences, size) = (inputs.Sequences, _width / Heads);
        var queries = scratch;                                                                       // [sequences, W]
        var projected = queries + sequences * _width;                                                    // [sequences, heads, W]
        var gathered = projected + sequences * Heads * _width;                                           // [sequences, heads, W]
        var attention = gathered + sequences * Heads * _width + team.Rank * Attention<TSimd, TVector>.ScratchLength(inputs.Length, (int)_width);

        MatrixProduct<TSimd, TVector>.Compute(team, new PlainRows(inputs.Queries, inputs.QueryStride, _width), sequences, _queries, queries, _width);
        team.Barrier();
        for (var head = 0; head < Heads; head++)
        {
            var rows = new PlainRows(queries + head * size, _width, size);
            MatrixProduct<TSimd, TVector>.Compute(team, rows, sequences, _keys[head], projected + head * _width, Heads * _width);
        }
        team.Barrier();

        // The heads are queries to the tokens themselves.
        var logits = new AttentionInputs
        {
            Queries = projected,
            QueryStride = _width,
            Keys = inputs.Tokens,
            Values = inputs.Tokens,
            KeyStride = _width,
            Sequences = sequences,
            QueriesPerSequence = Heads,
            Length = inputs.Length,
            Scale = 1 / MathF.Sqrt(size),
            Causal = inputs.Causal,
            Positions = inputs.Positions,
            Mask = inputs.Mask,
        };
        Attention<TSimd, TVector>.Compute(team, logits, heads: 1, (int)_width, gathered, attention);
        team.Barrier();
        Values(team, gathered, _width, Heads * _width, sequences, output);
    }

    /// <summary>The same for tokens that attend to themselves alone; every thread of the team a share.</summary>
    /// <param name="team">Who works on it.</param>
    /// <param name="tokens">[count, W].</param>
    /// <param name="count">How many there are.</param>
    /// <param name="output">The results of the heads side by side, [count, W].</param>
    public void ComputeAlone(ThreadTeam team, float* tokens, nint count, float* output) => Values(team, tokens, 0, _width, count, output);

    // What each head makes of its own rows.
    private void Values(ThreadTeam team, float* inputs, nint fromHeadToHead, nint stride, nint count, float* output)
    {
        for (var head = 0; head < Heads; head++)
        {
            var rows = new PlainRows(inputs + head * fromHeadToHead, stride, _width);
            MatrixProduct<TSimd, TVector>.Compute(team, rows, count, _values[head], output + head * (_width / Heads), _width);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _queries.Dispose();
        foreach (var weights in (IEnumerable<PackedMatrix<TSimd, TVector>>)[.. _keys, .. _values])
            weights.Dispose();
    }
}
