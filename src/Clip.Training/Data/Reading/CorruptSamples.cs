namespace Clip.Training.Data.Reading;

/// <summary>Counts unreadable samples and says when they are too many.</summary>
internal sealed class CorruptSamples(double maxShare)
{
    private long _taken;
    private long _corrupt;

    /// <summary>Counts a sample.</summary>
    /// <param name="source">The data set.</param>
    /// <param name="sample">The sample.</param>
    /// <param name="problem">What is wrong with it, or null.</param>
    /// <exception cref="PairDataException">Too many are unreadable.</exception>
    public void Count(string source, string sample, string? problem)
    {
        _taken++;
        if (problem is null)
            return;
        _corrupt++;
        if (_corrupt > maxShare * Math.Max(_taken, PairSourceOptions.CorruptSamplesBase))
        {
            throw new PairDataException(source,
                $"has more unreadable samples than {nameof(PairSourceOptions.MaxCorruptShare)} allows, {_corrupt} of {_taken}; the last is '{sample}': {problem}");
        }
    }
}
