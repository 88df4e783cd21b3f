namespace Clip.Training.Data;

/// <summary>A place in the order of a source's pairs, from which reading goes on as if it had never stopped.</summary>
/// <remarks>It is stored in training checkpoints as two numbers. Together with the source's own settings and seed it fixes every later pair.</remarks>
/// <param name="Epoch">How many times the source has been gone through, from zero; endless sources stay at zero.</param>
/// <param name="Sample">How many samples of this epoch were taken from the source, from zero; unreadable ones, which were skipped, included.</param>
public readonly record struct PairPosition(long Epoch, long Sample)
{
    /// <summary>Before the first pair.</summary>
    public static PairPosition Start => default;
}
