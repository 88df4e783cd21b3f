namespace Clip.Interactive.Charts;

/// <summary>Maps the values of an axis to the pixels of a chart.</summary>
internal sealed class Axis
{
    private readonly double _low, _high, _from, _to;

    /// <summary>Makes an axis.</summary>
    /// <param name="low">The value at its start.</param>
    /// <param name="high">The value at its end.</param>
    /// <param name="from">The pixel of its start.</param>
    /// <param name="to">The pixel of its end.</param>
    /// <param name="isLogarithmic">Whether equal distances are equal factors.</param>
    public Axis(double low, double high, double from, double to, bool isLogarithmic = false)
    {
        if (!(high > low))
            (low, high) = isLogarithmic ? (low / 2, low * 2) : (low - 0.5, low + 0.5);
        (IsLogarithmic, _low, _high, _from, _to) = (isLogarithmic, low, high, from, to);
    }

    /// <summary>Whether equal distances are equal factors.</summary>
    public bool IsLogarithmic { get; }

    /// <summary>The pixel of a value.</summary>
    public double At(double value) => _from + (_to - _from) * (Scale(value) - Scale(_low)) / (Scale(_high) - Scale(_low));

    /// <summary>Round values on the axis: multiples of 1, 2 or 5 times a power of ten; on a logarithmic one powers of two, or of ten where it is long.</summary>
    public IEnumerable<double> Ticks() => IsLogarithmic ? Powers() : Multiples();

    private IEnumerable<double> Powers()
    {
        const int most = 10;
        var factor = Math.Log2(_high / _low) <= most ? 2.0 : Math.Pow(10, Math.Ceiling(Math.Log10(_high / _low) / most));
        for (var power = Math.Ceiling(Math.Log(_low, factor) - 1e-9); power <= Math.Log(_high, factor) + 1e-9; power++)
            yield return Math.Pow(factor, power);
    }

    private IEnumerable<double> Multiples()
    {
        const int most = 6;
        var step = Math.Pow(10, Math.Floor(Math.Log10((_high - _low) / most)));
        step *= new[] { 1, 2, 5, 10 }.First(factor => (_high - _low) / (factor * step) <= most);
        for (var tick = Math.Ceiling(_low / step - 1e-9); tick * step <= _high + 1e-9 * step; tick++)
            yield return tick * step + 0.0;      // no negative zero
    }

    private double Scale(double value) => IsLogarithmic ? Math.Log(value) : value;
}
