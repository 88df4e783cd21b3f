// Paints the images of the notebooks: one shape in one color on a shaded, noisy ground. `#load "painter.csx"` brings it into a notebook.
using System;
using System.Collections.Generic;
using System.Linq;
using Clip;
using Clip.Preprocessing;
using SkiaSharp;

/// <summary>Paints shapes. The same seed paints the same image.</summary>
public static class Painter
{
    private static readonly Dictionary<string, SKColor> Palette = new()
    {
        ["red"] = new(222, 26, 31), ["orange"] = new(247, 133, 13), ["yellow"] = new(247, 224, 31), ["green"] = new(33, 161, 51),
        ["blue"] = new(31, 71, 224), ["purple"] = new(128, 36, 166), ["white"] = new(247, 247, 247), ["black"] = new(13, 13, 13),
    };

    private static readonly Dictionary<string, (float X, float Y)[]> Outlines = new()
    {
        ["circle"] = Star(24, 1), ["square"] = [(-0.8f, -0.8f), (0.8f, -0.8f), (0.8f, 0.8f), (-0.8f, 0.8f)],
        ["triangle"] = [(0, -1), (0.95f, 0.75f), (-0.95f, 0.75f)], ["star"] = Star(5, 0.42),
        ["cross"] = [(-0.32f, -1), (0.32f, -1), (0.32f, -0.32f), (1, -0.32f), (1, 0.32f), (0.32f, 0.32f), (0.32f, 1), (-0.32f, 1), (-0.32f, 0.32f), (-1, 0.32f), (-1, -0.32f), (-0.32f, -0.32f)],
        ["arrow"] = [(1, 0), (0.15f, -0.85f), (0.15f, -0.32f), (-1, -0.32f), (-1, 0.32f), (0.15f, 0.32f), (0.15f, 0.85f)],
        ["hourglass"] = [(-0.75f, -1), (0.75f, -1), (0.12f, 0), (0.75f, 1), (-0.75f, 1), (-0.12f, 0)],
    };

    public static string[] Colors { get; } = [.. Palette.Keys];

    public static string[] Shapes { get; } = [.. Outlines.Keys];

    /// <summary>RGB, three bytes per pixel.</summary>
    public static byte[] PaintPixels(string color, string shape, int seed, int side = 96)
    {
        var random = new Random(seed);
        float Between(double low, double high) => (float)(low + (high - low) * random.NextDouble());

        using var bitmap = new SKBitmap(new SKImageInfo(side, side, SKColorType.Rgba8888, SKAlphaType.Opaque));
        using (var canvas = new SKCanvas(bitmap))
        {
            canvas.Scale(side);
            SKColor Ground() => SKColor.FromHsl(Between(0, 360), Between(5, 35), Between(25, 75));
            using var shader = SKShader.CreateLinearGradient(new(0, 0), new(Between(-1, 1), 1), [Ground(), Ground()], SKShaderTileMode.Clamp);
            using var ground = new SKPaint { Shader = shader };
            canvas.DrawRect(0, 0, 1, 1, ground);

            var radius = Between(0.2, 0.38);
            canvas.Translate(Between(radius, 1 - radius), Between(radius, 1 - radius));
            canvas.Scale(radius);
            canvas.RotateDegrees(Between(-15, 15));
            using var fill = new SKPaint { Color = Palette[color], IsAntialias = true };
            using var path = new SKPathBuilder();
            var outline = Outlines[shape];
            path.MoveTo(outline[0].X, outline[0].Y);
            foreach (var (x, y) in outline.Skip(1))
                path.LineTo(x, y);
            path.Close();
            using var closed = path.Detach();
            canvas.DrawPath(closed, fill);
        }

        var pixels = new byte[3 * side * side];
        var rgba = bitmap.GetPixelSpan();
        var noise = Between(0, 24);
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)Math.Clamp(rgba[i / 3 * 4 + i % 3] + noise * Between(-1, 1), 0, 255);
        return pixels;
    }

    /// <summary>An image as the library takes it.</summary>
    public static ImageSource Paint(string color, string shape, int seed, int side = 96) =>
        ImageSource.FromPixels(PaintPixels(color, shape, seed, side), side, side, name: $"{color} {shape}");

    // Corners on the unit circle, and as many between them on a smaller one.
    private static (float X, float Y)[] Star(int points, double inner) => [.. Enumerable.Range(0, 2 * points).Select(i =>
    {
        var (sin, cos) = Math.SinCos(Math.PI * i / points);
        var radius = i % 2 == 0 ? 1 : inner;
        return ((float)(radius * sin), (float)(-radius * cos));
    })];
}
