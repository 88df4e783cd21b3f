using SkiaSharp;
using Training.Shared;

namespace Shapes.World;

/// <summary>Paints scenes in one size. Not safe for several threads at once: each has its own.</summary>
/// <param name="side">Pixels in a row, and rows.</param>
internal sealed class ScenePainter(int side) : IDisposable
{
    private readonly SKBitmap _sharp = new(new SKImageInfo(side, side, SKColorType.Rgba8888, SKAlphaType.Opaque));
    private readonly SKBitmap _blurred = new(new SKImageInfo(side, side, SKColorType.Rgba8888, SKAlphaType.Opaque));

    /// <summary>Paints a scene.</summary>
    /// <param name="scene">The scene.</param>
    /// <returns>Four bytes per pixel, the last of which is 255; good until the next call.</returns>
    public ReadOnlySpan<byte> Paint(Scene scene)
    {
        PaintSharp(scene);
        var bitmap = _sharp;
        if (scene.Blur > 0)
        {
            PaintBlurred(scene.Blur);
            bitmap = _blurred;
        }
        var pixels = bitmap.GetPixelSpan();
        Develop(pixels, scene);
        return pixels;
    }

    public void Dispose()
    {
        _sharp.Dispose();
        _blurred.Dispose();
    }

    private void PaintSharp(Scene scene)
    {
        using var canvas = new SKCanvas(_sharp);
        canvas.Scale(side);
        BackdropPainter.Paint(canvas, scene.Backdrop);

        var (x, y, radius) = ((float)scene.CenterX, (float)scene.CenterY, (float)scene.Radius);
        using var paint = new SKPaint { Color = scene.Fill.ToSkia(), IsAntialias = true };
        canvas.Translate(x, y);
        canvas.Scale(radius);
        canvas.Save();
        canvas.RotateDegrees((float)scene.Angle);
        canvas.DrawPath(ShapePath.Of(scene.Shape), paint);
        canvas.Restore();

        if (scene.Cover is { } cover)
        {
            paint.Color = cover.Color.ToSkia();
            canvas.RotateDegrees((float)cover.Direction);
            canvas.DrawRect((float)cover.Distance, -1.2f, (float)cover.Width, 2.4f, paint);
        }
    }

    private void PaintBlurred(double blur)
    {
        var deviation = (float)(blur * side);
        using var canvas = new SKCanvas(_blurred);
        using var filter = SKImageFilter.CreateBlur(deviation, deviation, SKShaderTileMode.Clamp);
        using var paint = new SKPaint { ImageFilter = filter };
        canvas.DrawBitmap(_sharp, 0, 0, SKSamplingOptions.Default, paint);
    }

    private static void Develop(Span<byte> pixels, Scene scene)
    {
        // The sum of four bytes is nearly Gaussian, with mean 510 and variance 4 (256^2 - 1) / 12.
        const double SumDeviation = 147.8;
        var brightness = (float)scene.Brightness;
        var gain = (float)(scene.Noise * 255 / SumDeviation);
        var random = new IndexedRandom(scene.NoiseSeed, 0);
        for (var i = 0; i < pixels.Length; i += 4)
        {
            if (scene.IsGray)
                pixels.Slice(i, 3).Fill(Lightness(pixels[i], pixels[i + 1], pixels[i + 2]));
            float red = 0, green = 0, blue = 0;
            if (gain > 0)
            {
                var (bits, more) = (random.NextBits(), random.NextBits());
                red = gain * (SumOfBytes((uint)bits) - 510);
                green = gain * (SumOfBytes((uint)(bits >> 32)) - 510);
                blue = gain * (SumOfBytes((uint)more) - 510);
            }
            pixels[i] = Saturate(pixels[i] * brightness + red);
            pixels[i + 1] = Saturate(pixels[i + 1] * brightness + green);
            pixels[i + 2] = Saturate(pixels[i + 2] * brightness + blue);
            pixels[i + 3] = 255;
        }
    }

    private static byte Lightness(byte red, byte green, byte blue) => Saturate((float)(255 * new Rgb(red / 255.0, green / 255.0, blue / 255.0).Lightness));

    private static int SumOfBytes(uint bits) => (int)((bits & 0xFF) + (bits >> 8 & 0xFF) + (bits >> 16 & 0xFF) + (bits >> 24));

    private static byte Saturate(float value) => (byte)Math.Clamp(value + 0.5f, 0, 255);
}
