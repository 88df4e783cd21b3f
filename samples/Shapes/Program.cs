using System.Diagnostics;
using Shapes.World;
using SkiaSharp;

var world = new ShapeWorld(1, Combinations.Seen);
for (var i = 0; i < 40; i++) Console.WriteLine(world[i].Caption.Text);
var side = int.Parse(args[0]);
using var painter = new ScenePainter(side);
using var sheet = new SKBitmap(side * 12, side * 10);
using (var canvas = new SKCanvas(sheet))
for (var i = 0; i < 120; i++)
{
    var px = painter.Paint(world[i].Scene);
    using var image = SKImage.FromPixelCopy(new SKImageInfo(side, side, SKColorType.Rgba8888, SKAlphaType.Opaque), px.ToArray());
    canvas.DrawImage(image, i % 12 * side, i / 12 * side, SKSamplingOptions.Default);
}
using (var f = File.Create(args[1])) sheet.Encode(f, SKEncodedImageFormat.Png, 90);
var w = Stopwatch.StartNew();
for (var i = 0; i < 4000; i++) painter.Paint(world[i].Scene);
Console.WriteLine($"{4000 / w.Elapsed.TotalSeconds:F0} pictures/s");
w.Restart();
var n = 0;
for (var i = 0; i < 40000; i++) n += world[i].Caption.Text.Length;
Console.WriteLine($"{40000 / w.Elapsed.TotalSeconds:F0} captions/s");
