using Shapes.World;
using SkiaSharp;

namespace Shapes.Commands;

/// <summary>Writes images and their captions.</summary>
internal static class DrawCommand
{
    public static void Run(string folder, int count, int side, long seed, IReadOnlyList<(ShapeColor, ShapeKind)> pairs)
    {
        Directory.CreateDirectory(folder);
        var world = new ShapeWorld(seed, pairs);
        using var painter = new ScenePainter(side);
        var lines = new List<string>();
        for (var index = 0; index < count; index++)
        {
            var (scene, caption) = world[index];
            var name = $"{index + 1:D2}.png";
            var isUnseen = Combinations.IsUnseen(scene.Color, scene.Shape) ? " (pair not in training)" : "";
            using var image = SKImage.FromPixelCopy(new SKImageInfo(side, side, SKColorType.Rgba8888, SKAlphaType.Opaque), painter.Paint(scene));
            using var data = image.Encode(SKEncodedImageFormat.Png, 100);
            File.WriteAllBytes(Path.Combine(folder, name), data.ToArray());
            lines.Add($"{name}  {Words.Of(scene.Color)} {Words.Of(scene.Shape)}{isUnseen}: {caption.Text}");
        }
        File.WriteAllLines(Path.Combine(folder, "pictures.txt"), lines);
        lines.ForEach(Console.WriteLine);
    }
}
