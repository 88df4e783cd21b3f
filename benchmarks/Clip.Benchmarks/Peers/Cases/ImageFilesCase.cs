using System.Globalization;
using Clip.Benchmarks.Peers.Flops;
using Clip.Benchmarks.Preprocessing;
using Clip.Runtime;

namespace Clip.Benchmarks.Peers.Cases;

/// <summary>JPEG files to embeddings, against what the same processors could do at best.</summary>
/// <remarks>
/// Decoding and network share the processors. If neither waits for the other, an image takes the sum of the two times on all
/// processors, 1 / (1 / network rate + 1 / decoding rate) images in a second; that time stands in the peer's place.
/// </remarks>
/// <param name="precision">This library's numbers.</param>
internal sealed class ImageFilesCase(Precision precision) : PeerCase($"JPEG files {Size} (per image)", PassSize, precision)
{
    private const string Size = "640x480";

    // Images in one pass of the network on a CPU, unless ClipModelOptions.BatchSize says otherwise.
    private const int PassSize = 16;

    private const int Passes = 4, Images = Passes * PassSize;

    /// <inheritdoc/>
    public override string? Graph => null;

    /// <inheritdoc/>
    public override PeerResult Measure(PeerSetting setting)
    {
        var folder = Directory.CreateTempSubdirectory("clip-benchmark-images-");
        try
        {
            return Measure(setting, WriteImages(folder.FullName));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private PeerResult Measure(PeerSetting setting, string[] paths)
    {
        using var clip = TemporaryModel.Load(setting.Model.Folder, Precision, setting.Threads);
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        var pixels = randn(PassSize, 3, 224, 224);
        var decoded = new float[Images * clip.Preprocessor.Length];
        var firstPaths = paths[..PassSize];

        var seconds = Interleaved.Medians(
            setting.Rounds,
            new Interleaved.Side(() => clip.EmbedImages(paths), () => clip.EmbedImages(firstPaths)),
            new Interleaved.Side(() => Encode(Passes), () => Encode(1)),
            new Interleaved.Side(() => Decode(paths), () => Decode(firstPaths)));

        var (ours, network, decoding) = (seconds[0] / Images, seconds[1] / Images, seconds[2] / Images);
        return Result(setting, ours, network + decoding, EncoderFlops.OfImage(clip.Card.Config)) with
        {
            Note = string.Create(CultureInfo.InvariantCulture,
                $"{1 / ours:F1} images/s; ideal is 1 / (1 / {1 / network:F1} + 1 / {1 / decoding:F1}), of network and decoding alone on the same processors; the ideal time stands as the peer's."),
        };

        void Encode(int passes)
        {
            for (var pass = 0; pass < passes; pass++)
            {
                using var embeddings = clip.Network.EncodeImages(pixels, normalize: true);
            }
        }

        void Decode(string[] files)
        {
            var failures = clip.Preprocessor.PreprocessBatch(files, decoded.AsMemory(0, files.Length * clip.Preprocessor.Length), setting.Threads);
            if (failures.Count > 0)
                throw new InvalidOperationException("An image made here cannot be decoded.");
        }
    }

    private static string[] WriteImages(string folder)
    {
        var file = Photographs.Create(Size);
        var paths = new string[Images];
        for (var i = 0; i < Images; i++)
        {
            paths[i] = Path.Combine(folder, $"{i}.jpg");
            File.WriteAllBytes(paths[i], file);
        }
        return paths;
    }
}
