using SkiaSharp;
using Training.Shared;

namespace Emoji.Rendering.Restyling;

/// <summary>Other colors for those of an image, the same for the same: as another illustrator would choose them.</summary>
internal sealed class Palette
{
    private readonly bool _isUnchanged;
    private readonly bool _isGray;
    private readonly double _turn;
    private readonly double _hue;
    private readonly double _saturation;
    private readonly double _value;
    private readonly double _saturationFactor;
    private readonly double _gamma;
    private readonly int _levels;
    private readonly long _seed;

    /// <summary>Draws one.</summary>
    /// <param name="random">Decides.</param>
    public Palette(ref IndexedRandom random)
    {
        _isUnchanged = random.Chance(0.2);
        _isGray = random.Chance(0.06);
        _turn = random.Chance(0.12) ? random.Between(-180, 180) : random.Between(-15, 15);
        (_hue, _saturation, _value) = (random.Between(0, 22), random.Between(0, 0.35), random.Between(0, 0.2));
        (_saturationFactor, _gamma) = (Math.Exp(random.Between(-0.5, 0.5)), Math.Exp(random.Between(-0.5, 0.5)));
        _levels = random.Chance(0.25) ? 2 + random.Below(3) : 0;
        _seed = (long)random.NextBits();
    }

    /// <summary>The color in place of another: its hue, saturation and value change for all colors alike and for each by itself.</summary>
    public SKColor Map(SKColor color)
    {
        if (_isUnchanged)
            return color;
        var random = new IndexedRandom(_seed, (uint)color);
        color.ToHsv(out var hue, out var percent, out var brightness);
        var turned = hue + _turn + _hue * random.Between(-1, 1);
        // Grays stay gray.
        var own = percent > 8 ? _saturation * random.Between(-1, 1) : 0;
        var saturation = _isGray ? 0 : Math.Clamp(percent / 100 * _saturationFactor + own, 0, 1);
        var value = Math.Clamp(Math.Pow(brightness / 100, _gamma) + _value * random.Between(-1, 1), 0, 1);
        return SKColor.FromHsv((float)((turned % 360 + 360) % 360), (float)(100 * Round(saturation)), (float)(100 * Round(value)));
    }

    private double Round(double share) => _levels == 0 ? share : Math.Round(share * _levels) / _levels;
}
