using System.Globalization;
using System.Text;
using Clip.Training.Tests.Data;
using SkiaSharp;

namespace Clip.Shards.Tests.Support;

/// <summary>Shards of small images, and a folder for what they become.</summary>
public sealed class ShardFiles : IDisposable
{
    public const int Rows = 6;

    private readonly TemporaryFolder _folder = new();

    /// <summary>The folder for embeddings.</summary>
    public string Output => _folder.File("out");

    public FolderShardStore Store => new(Output);

    public string File(string name) => _folder.File(name);

    /// <summary>Writes shards 00000 to n - 1, of six images with captions each.</summary>
    public IReadOnlyList<Shard> Write(int count)
    {
        for (var shard = 0; shard < count; shard++)
            Write($"{shard:D5}.tar", Whole(shard));
        return Shard.Find(_folder.File($"{{00000..{count - 1:D5}}}.tar"));
    }

    public string Write(string name, byte[] bytes) => _folder.Write(name, bytes);

    /// <summary>The bytes of a shard.</summary>
    public static byte[] Whole(int shard)
    {
        var tar = new TarBlocks();
        for (var row = 0; row < Rows; row++)
            tar.Add($"{shard:D5}{row:D4}.png", Image(shard * Rows + row)).Add($"{shard:D5}{row:D4}.txt", Encoding.UTF8.GetBytes($"the photo {row}"));
        return tar.ToArray();
    }

    /// <summary>An image that looks like no other.</summary>
    public static byte[] Image(int number)
    {
        using var bitmap = new SKBitmap(36, 34);
        bitmap.Erase(new SKColor((byte)(number * 37), (byte)(number * 59), (byte)(number * 83)));
        bitmap.SetPixel(number % 36, 3, SKColors.White);
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    /// <summary>What the files of embeddings and metadata hold, by their paths.</summary>
    public Dictionary<string, string> Contents() => new[] { "img_emb", "text_emb", "metadata" }
        .Select(_folder.File).Select(name => Path.Combine(Output, Path.GetFileName(name)))
        .Where(Directory.Exists).SelectMany(Directory.GetFiles)
        .ToDictionary(path => Path.GetRelativePath(Output, path), path => Convert.ToHexString(System.IO.File.ReadAllBytes(path)));

    /// <summary>The names in a folder of the output, hidden ones included.</summary>
    public string[] Names(string folder) => Directory.Exists(Path.Combine(Output, folder))
        ? [.. Directory.GetFiles(Path.Combine(Output, folder)).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>The rows of a file of embeddings.</summary>
    public Half[][] Embeddings(string path)
    {
        var bytes = System.IO.File.ReadAllBytes(Path.Combine(Output, path));
        var header = Encoding.ASCII.GetString(bytes, 10, 118);
        Assert.Contains("'descr': '<f2', 'fortran_order': False", header, StringComparison.Ordinal);
        var shape = header[(header.IndexOf('(', StringComparison.Ordinal) + 1)..header.IndexOf(')', StringComparison.Ordinal)].Split(',');
        var (rows, size) = (int.Parse(shape[0], CultureInfo.InvariantCulture), int.Parse(shape[1], CultureInfo.InvariantCulture));
        Assert.Equal(128 + 2 * rows * size, bytes.Length);
        return [.. Enumerable.Range(0, rows).Select(row => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, Half>(bytes.AsSpan(128 + 2 * row * size, 2 * size)).ToArray())];
    }

    public void Dispose() => _folder.Dispose();
}
