using System.Text;

namespace Clip.Training.Tests.Data;

/// <summary>Samples of tar files.</summary>
internal static class TarPairs
{
    /// <summary>Adds an image with its number as caption.</summary>
    public static TarBlocks AddPair(this TarBlocks tar, string key, int number) =>
        tar.Add($"{key}.png", TinyImages.Encode(number)).Add($"{key}.txt", Encoding.UTF8.GetBytes($"{number}"));
}
