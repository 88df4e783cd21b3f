using System.Formats.Tar;
using System.Text;
using SkiaSharp;

namespace Clip.Cli.Tests.Support;

/// <summary>Two dozen small images with captions, as a list, in class folders and in shards.</summary>
public sealed class TrainingImages : IDisposable
{
    public const int Count = 24;

    private static readonly (string Name, SKColor Color)[] Colors =
        [("red", SKColors.Red), ("green", SKColors.Green), ("blue", SKColors.Blue), ("white", SKColors.White)];

    private readonly TemporaryFolder _folder = new();

    public TrainingImages()
    {
        var rows = new StringBuilder("filepath,title\n");
        for (var i = 0; i < Count; i++)
        {
            var (name, color) = Colors[i % Colors.Length];
            Directory.CreateDirectory(Path.Combine(Classes, name));
            File.WriteAllBytes(Path.Combine(Classes, name, $"{i}.png"), Encode(i, color));
            rows.Append($"classes/{name}/{i}.png,the photo {i} of a {name} thing\n");
        }
        List = Write("pairs.csv", rows.ToString());
        for (var shard = 0; shard < 2; shard++)
            WriteShard(_folder.File($"shard-{shard}.tar"), shard);
    }

    /// <summary>The folder with all of it.</summary>
    public string Folder => _folder.Path;

    /// <summary>A .csv with open_clip's column names.</summary>
    public string List { get; }

    /// <summary>A folder for each color.</summary>
    public string Classes => _folder.File("classes");

    /// <summary>Both shards, of twelve samples each.</summary>
    public string ShardPattern => _folder.File("shard-*.tar");

    /// <summary>Writes a file beside the list.</summary>
    public string Write(string name, string text) => _folder.Write(name, Encoding.UTF8.GetBytes(text));

    public void Dispose() => _folder.Dispose();

    private static byte[] Encode(int number, SKColor color)
    {
        using var bitmap = new SKBitmap(40, 36);
        bitmap.Erase(color);
        bitmap.SetPixel(number, 3, SKColors.Black);
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    private static void WriteShard(string path, int shard)
    {
        using var writer = new TarWriter(File.Create(path));
        for (var i = shard * Count / 2; i < (shard + 1) * Count / 2; i++)
        {
            var (name, color) = Colors[i % Colors.Length];
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, $"{i}.png") { DataStream = new MemoryStream(Encode(i, color)) });
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, $"{i}.json") { DataStream = new MemoryStream(Encoding.UTF8.GetBytes($"{{\"caption\":\"a {name} thing\"}}")) });
        }
    }
}
