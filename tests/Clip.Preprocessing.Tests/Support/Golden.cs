using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;

namespace Clip.Preprocessing.Tests.Support;

/// <summary>The recordings of Pillow and torchvision: the fixtures, or the complete set where one is named.</summary>
internal static class Golden
{
    private const string Variable = "CLIP_REFERENCE_DATA";

    /// <summary>The complete set's folder; null where there is none.</summary>
    public static string? Complete { get; } =
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } root ? Path.Combine(root, "preprocess") : null;

    public static string SkipReason => $"{Variable} does not name the folder of the complete recordings.";

    public static string Folder => Complete ?? Fixtures.Find("preprocess");

    public static string ImagePath(string name) => Path.Combine(Folder, "images", name);

    public static bool HasImage(string name) => File.Exists(ImagePath(name));

    public static JsonElement Index(string name) =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, name))).RootElement;

    /// <summary>The three tables of a recorded normalization, [3, 256].</summary>
    public static float[] Table(string name)
    {
        var bytes = File.ReadAllBytes(Path.Combine(Folder, name)).AsSpan();
        var data = bytes[(10 + BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]))..];
        var table = new float[3 * 256];
        for (var i = 0; i < table.Length; i++)
            table[i] = BinaryPrimitives.ReadSingleLittleEndian(data[(4 * i)..]);
        return table;
    }

    public static string Sha256(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
