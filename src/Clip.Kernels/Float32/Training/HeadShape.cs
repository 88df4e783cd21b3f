namespace Clip.Kernels.Float32.Training;

/// <summary>The shape of an attention.</summary>
/// <param name="Sequences">Number of sequences.</param>
/// <param name="Length">Tokens of each, L.</param>
/// <param name="Heads">Number of heads.</param>
/// <param name="HeadSize">Channels of a head.</param>
/// <param name="Causal">Whether tokens see only themselves and those before them.</param>
internal readonly record struct HeadShape(nint Sequences, nint Length, int Heads, int HeadSize, bool Causal)
{
    /// <summary>Channels of all heads, W.</summary>
    public nint Width => (nint)Heads * HeadSize;

    /// <summary>All tokens.</summary>
    public nint Tokens => Sequences * Length;

    /// <summary>What logits are multiplied by (Vaswani et al. 2017, section 3.2.1).</summary>
    public float Scale => (float)(1 / Math.Sqrt(HeadSize));
}
