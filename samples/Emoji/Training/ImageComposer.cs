using Emoji.Rendering;
using SkiaSharp;
using Training.Shared;

namespace Emoji.Training;

/// <summary>Varies an image in what styles differ in: outlines, strength of colors, size, place and background.</summary>
internal sealed class ImageComposer(ImageFolder images)
{
    private const int Side = ImageFolder.Side;
    private const double OutlinedShare = 0.45;
    private const double PaleShare = 0.6;
    private const double WhiteShare = 0.5;
    private const double MostDegrees = 10;

    private static readonly byte[] Opacity = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];

    /// <summary>Makes an image.</summary>
    /// <param name="style">The style.</param>
    /// <param name="code">The emoji.</param>
    /// <param name="isPlain">Whether it shall vary little.</param>
    /// <param name="random">Decides.</param>
    /// <returns>A PNG file without transparency.</returns>
    public byte[] Compose(string style, string code, bool isPlain, ref IndexedRandom random)
    {
        var isOutlined = random.Chance(OutlinedShare);
        using var image = images.Read(style, code, isOutlined);
        using var opaque = new SKBitmap(new SKImageInfo(Side, Side, SKColorType.Rgba8888, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(opaque);
        PaintBackground(canvas, isPlain, ref random);
        Place(canvas, isPlain ? 0 : MostDegrees, ref random);
        using var paint = new SKPaint();
        using var colors = isOutlined && random.Chance(PaleShare) ? Pale(random.Between(0.1, 0.9)) : null;
        using var blur = random.Chance(0.15) ? Blur(random.Between(0.3, 0.9)) : null;
        (paint.ColorFilter, paint.ImageFilter) = (colors, blur);
        canvas.DrawBitmap(image, -Side / 2f, -Side / 2f, new SKSamplingOptions(SKCubicResampler.Mitchell), paint);
        return Png.EncodeFast(opaque);
    }

    private static void PaintBackground(SKCanvas canvas, bool isPlain, ref IndexedRandom random)
    {
        if (isPlain || random.Chance(WhiteShare))
        {
            canvas.Clear(SKColors.White);
            return;
        }
        var (from, to) = (RandomColor(ref random), RandomColor(ref random));
        if (random.Chance(0.5))
        {
            canvas.Clear(from);
            return;
        }
        using var shader = SKShader.CreateLinearGradient(
            new SKPoint(random.Below(Side), 0), new SKPoint(random.Below(Side), Side), [from, to], SKShaderTileMode.Clamp);
        using var paint = new SKPaint { Shader = shader };
        canvas.DrawPaint(paint);
    }

    // Pale colors more often than strong ones, as backgrounds are.
    private static SKColor RandomColor(ref IndexedRandom random) => SKColor.FromHsv(
        (float)random.Between(0, 360), (float)(80 * random.Next() * random.Next()), (float)(100 - 80 * random.Next() * random.Next()));

    private static void Place(SKCanvas canvas, double mostDegrees, ref IndexedRandom random)
    {
        var scale = random.Between(0.68, 1.05);
        var room = Math.Max(0.06, 1 - scale) * Side / 2;
        canvas.Translate((float)(Side / 2.0 + random.Between(-room, room)), (float)(Side / 2.0 + random.Between(-room, room)));
        canvas.RotateDegrees((float)random.Between(-mostDegrees, mostDegrees));
        canvas.Scale((float)(scale * random.Between(0.93, 1.07)), (float)(scale * random.Between(0.93, 1.07)));
    }

    // All but the dark lines becomes lighter, as in drawings that are filled in part.
    private static SKColorFilter Pale(double strength)
    {
        const int Dark = 70;
        var table = Enumerable.Range(0, 256).Select(value => value <= Dark ? (byte)value : (byte)(255 - (255 - value) * strength)).ToArray();
        return SKColorFilter.CreateTable(Opacity, table, table, table);
    }

    private static SKImageFilter Blur(double sigma) => SKImageFilter.CreateBlur((float)sigma, (float)sigma);
}
