using SkiaSharp;
using Training.Shared;

namespace Shapes.World;

/// <summary>Paints what is behind a shape.</summary>
internal static class BackdropPainter
{
    /// <summary>Covers the canvas.</summary>
    /// <param name="canvas">The canvas, scaled so that the image is the unit square.</param>
    /// <param name="backdrop">What to paint.</param>
    public static void Paint(SKCanvas canvas, Backdrop backdrop)
    {
        canvas.Clear(backdrop.First.ToSkia());
        using var paint = new SKPaint { Color = backdrop.Second.ToSkia(), IsAntialias = true };
        switch (backdrop.Texture)
        {
            case Texture.Noise:
                Grains(canvas, backdrop, paint);
                break;
            case Texture.Stripes:
                Stripes(canvas, backdrop, paint);
                break;
            case Texture.Gradient:
                Gradient(canvas, backdrop, paint);
                break;
            case Texture.Checker:
                Squares(canvas, backdrop, paint);
                break;
            case Texture.Blobs:
                Blobs(canvas, backdrop, paint);
                break;
            case Texture.Dots:
                Dots(canvas, backdrop, paint);
                break;
        }
    }

    private static void Grains(SKCanvas canvas, Backdrop backdrop, SKPaint paint)
    {
        var random = new IndexedRandom(backdrop.Seed, 0);
        paint.IsAntialias = false;
        var grains = (int)(1 / backdrop.Period);
        var side = 1f / grains;
        for (var row = 0; row < grains; row++)
        {
            for (var column = 0; column < grains; column++)
            {
                paint.Color = Rgb.Mix(backdrop.First, backdrop.Second, random.Next()).ToSkia();
                canvas.DrawRect(column * side, row * side, side, side, paint);
            }
        }
    }

    private static void Stripes(SKCanvas canvas, Backdrop backdrop, SKPaint paint)
    {
        var period = (float)backdrop.Period;
        canvas.Save();
        canvas.RotateDegrees((float)backdrop.Angle, 0.5f, 0.5f);
        // The diagonal of the unit square is 1.42 long.
        for (var x = -0.25f; x < 1.25f; x += period)
            canvas.DrawRect(x, -0.25f, period / 2, 1.5f, paint);
        canvas.Restore();
    }

    private static void Gradient(SKCanvas canvas, Backdrop backdrop, SKPaint paint)
    {
        var (sin, cos) = Math.SinCos(backdrop.Angle * Math.PI / 180);
        var (x, y) = ((float)cos / 2, (float)sin / 2);
        using var shader = SKShader.CreateLinearGradient(
            new SKPoint(0.5f - x, 0.5f - y), new SKPoint(0.5f + x, 0.5f + y), [backdrop.First.ToSkia(), backdrop.Second.ToSkia()], SKShaderTileMode.Clamp);
        paint.Shader = shader;
        canvas.DrawPaint(paint);
    }

    private static void Squares(SKCanvas canvas, Backdrop backdrop, SKPaint paint)
    {
        var side = (float)backdrop.Period * 0.7f;
        var count = (int)(1 / side) + 1;
        for (var row = 0; row < count; row++)
        {
            for (var column = row % 2; column < count; column += 2)
                canvas.DrawRect(column * side, row * side, side, side, paint);
        }
    }

    private static void Blobs(SKCanvas canvas, Backdrop backdrop, SKPaint paint)
    {
        var random = new IndexedRandom(backdrop.Seed, 0);
        for (var blob = 0; blob < 9; blob++)
        {
            var (x, y) = ((float)random.Next(), (float)random.Next());
            var (width, height) = ((float)random.Between(0.07, 0.22), (float)random.Between(0.07, 0.22));
            paint.Color = Rgb.Mix(backdrop.First, backdrop.Second, random.Between(0.5, 1)).ToSkia();
            canvas.DrawOval(x, y, width, height, paint);
        }
    }

    private static void Dots(SKCanvas canvas, Backdrop backdrop, SKPaint paint)
    {
        var period = (float)backdrop.Period;
        for (var y = period / 2; y < 1; y += period)
        {
            for (var x = period / 2; x < 1; x += period)
                canvas.DrawCircle(x, y, period * 0.22f, paint);
        }
    }
}
