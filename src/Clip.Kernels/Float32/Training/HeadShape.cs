namespace Clip.Kernels.Float32.Training;

/// <summary>The shape of an attention.</summary>
/// <param name="Rows">The sequences.</param>
/// <param name="Heads">Number of heads.</param>
/// <param name="HeadSize">Channels of a head.</param>
/// <param name="Causal">Whether tokens see only themselves and those before them.</param>
internal readonly record struct HeadShape(SequenceRows Rows, int Heads, int HeadSize, bool Causal)
{
    /// <summary>Channels of all heads, W.</summary>
    public nint Width => (nint)Heads * HeadSize;

    /// <summary>Number of sequences.</summary>
    public nint Sequences => Rows.Count;

    /// <summary>All tokens.</summary>
    public nint Tokens => Rows.Tokens;

    /// <summary>What logits are multiplied by (Vaswani et al. 2017, section 3.2.1).</summary>
    public float Scale => (float)(1 / Math.Sqrt(HeadSize));
}
