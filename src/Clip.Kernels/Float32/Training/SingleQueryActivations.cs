using Clip.Kernels.Float32.Simd;

namespace Clip.Kernels.Float32.Training;

/// <summary>What the forward pass of a block for one token per sequence leaves for its backward pass.</summary>
/// <param name="first">Memory of <see cref="LengthOf"/> elements.</param>
/// <param name="heads">The shape of the attention.</param>
/// <param name="hidden">Hidden channels of the MLP, H.</param>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal readonly unsafe struct SingleQueryActivations<TSimd, TVector>(float* first, HeadShape heads, nint hidden)
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>Channels of a row that panels fill, W or a little more.</summary>
    public nint PaddedWidth => Panels<TSimd, TVector>.Padded(heads.Width);

    /// <summary>Tokens of a row of weights that panels fill, L or a little more.</summary>
    public nint PaddedLength => Panels<TSimd, TVector>.Padded(heads.Rows.Longest);

    /// <summary>Queries of the chosen tokens, [N, W].</summary>
    public float* Queries => first;

    /// <summary>What attention gave, [N, W].</summary>
    public float* Attended => Queries + heads.Sequences * heads.Width;

    /// <summary>Queries times the weights of the keys, [N, heads, padded W].</summary>
    public float* Projected => Attended + heads.Sequences * heads.Width;

    /// <summary>Weighted sums of the tokens, [N, heads, padded W].</summary>
    public float* Gathered => Projected + heads.Sequences * heads.Heads * PaddedWidth;

    /// <summary>The weights, [N, heads, padded L].</summary>
    public float* Weights => Gathered + heads.Sequences * heads.Heads * PaddedWidth;

    /// <summary>Statistics of the attention's norm, [R, 2].</summary>
    public float* AttentionStatistics => Weights + heads.Sequences * heads.Heads * PaddedLength;

    /// <summary>What the MLP keeps.</summary>
    public MlpActivations Mlp => new(AttentionStatistics + 2 * heads.Tokens, heads.Sequences, heads.Width, hidden);

    /// <summary>Elements of all.</summary>
    public static nint LengthOf(in HeadShape heads, nint hidden)
    {
        var begin = new SingleQueryActivations<TSimd, TVector>(null, heads, hidden);
        return (nint)begin.Mlp.Input / sizeof(float) + MlpActivations.LengthOf(heads.Sequences, heads.Width, hidden);
    }
}
