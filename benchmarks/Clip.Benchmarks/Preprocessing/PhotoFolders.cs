using System.Globalization;
using System.Numerics.Tensors;
using Clip.Benchmarks.Peers;
using Clip.Preprocessing;
using Clip.Preprocessing.ImageSharp;
using Clip.Preprocessing.Tests.Support;
using Clip.Runtime;

namespace Clip.Benchmarks.Preprocessing;

/// <summary>Photos decoded exactly and fast: the time of one by each decoder, and how far a folder stays behind the network's own speed.</summary>
/// <remarks>
/// <para><c>dotnet run -c Release --project benchmarks/Clip.Benchmarks -- photos [rounds]</c></para>
/// <para>
/// JPEG files of quality 90 in two sizes, made here; ViT-B/32 with fresh weights in float32. Times are medians, all sides in turns: of one photo on one
/// thread up to its normalized pixels, and of a folder with all processors. Cosines are those between embeddings of exact and fast decoding.
/// </para>
/// </remarks>
internal static class PhotoFolders
{
    private const int UsualRounds = 3, Photos = 4, PassSize = 16, Passes = 3, Files = Passes * PassSize;

    private static readonly (int Width, int Height)[] Sizes = [(640, 480), (4000, 3000)];

    /// <summary>Runs the comparison.</summary>
    /// <param name="args">The rounds.</param>
    public static int Run(string[] args)
    {
        var rounds = args is [var given] ? int.Parse(given, CultureInfo.InvariantCulture) : UsualRounds;
        Machine.Write(Console.Out);
        Console.WriteLine();
        var photos = Sizes.ToDictionary(size => size, size => Enumerable.Range(0, Photos).Select(seed => GeneratedPhoto.Create(size.Width, size.Height, seed)).ToArray());
        WriteDecoders(photos, rounds);
        Console.WriteLine();
        WriteFolders(photos, rounds);
        return 0;
    }

    private static void WriteDecoders(Dictionary<(int Width, int Height), byte[][]> photos, int rounds)
    {
        Console.WriteLine("| Photo | Bytes | Decoder | Exact, ms | Fast, ms | Ratio |");
        Console.WriteLine("| --- | ---: | --- | ---: | ---: | ---: |");
        IImageDecoder[] decoders = [ImageDecoders.Skia, .. ImageDecoders.TurboJpeg is { } turboJpeg ? [turboJpeg] : Array.Empty<IImageDecoder>(), new ImageSharpDecoder()];
        foreach (var (size, files) in photos)
        {
            foreach (var decoder in decoders)
            {
                var seconds = Interleaved.Medians(rounds, Timed(decoder, isFast: false, files), Timed(decoder, isFast: true, files));
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"| {Name(size)} | {files.Average(file => file.Length):N0} | {decoder.Name} | {1e3 * seconds[0]:F1} | {1e3 * seconds[1]:F1} | {seconds[0] / seconds[1]:F2}x |"));
            }
        }
    }

    private static Action Timed(IImageDecoder decoder, bool isFast, byte[][] files)
    {
        var preprocessor = new ImagePreprocessor(PreprocessingConfig.OpenAI(224), new() { Decoder = decoder, FastDecoding = isFast });
        var pixels = new float[preprocessor.Length];
        var next = 0;
        return () => preprocessor.Preprocess(files[next++ % files.Length], pixels);
    }

    private static void WriteFolders(Dictionary<(int Width, int Height), byte[][]> photos, int rounds)
    {
        Console.WriteLine("| Photo | Network alone, images/s | Exact, images/s | Share | Fast, images/s | Share | Cosine, least |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
        using var model = new TemporaryModel();
        using var exact = TemporaryModel.Load(model.Folder, Precision.Float32);
        using var fast = TemporaryModel.Load(model.Folder, Precision.Float32, fastDecoding: true);
        using var inference = inference_mode();
        using var pixels = randn(PassSize, 3, 224, 224);
        foreach (var (size, files) in photos)
        {
            var folder = Directory.CreateTempSubdirectory("clip-benchmark-photos-");
            try
            {
                var paths = Enumerable.Range(0, Files).Select(i => Path.Combine(folder.FullName, $"{i}.jpg")).ToArray();
                for (var i = 0; i < Files; i++)
                    File.WriteAllBytes(paths[i], files[i % Photos]);
                var few = paths[..PassSize];
                var seconds = Interleaved.Medians(
                    rounds,
                    new Interleaved.Side(() => Encode(Passes), () => Encode(1)),
                    new Interleaved.Side(() => exact.EmbedImages(paths), () => exact.EmbedImages(few)),
                    new Interleaved.Side(() => fast.EmbedImages(paths), () => fast.EmbedImages(few)));
                var least = exact.EmbedImages(few[..Photos]).Zip(fast.EmbedImages(few[..Photos])).Min(pair => TensorPrimitives.CosineSimilarity<float>(pair.First, pair.Second));
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"| {Name(size)} | {Files / seconds[0]:F1} | {Files / seconds[1]:F1} | {seconds[0] / seconds[1]:P0} | {Files / seconds[2]:F1} | {seconds[0] / seconds[2]:P0} | {least:F6} |"));
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        }

        void Encode(int passes)
        {
            for (var pass = 0; pass < passes; pass++)
            {
                using var embeddings = exact.Network.EncodeImages(pixels, normalize: true);
            }
        }
    }

    private static string Name((int Width, int Height) size) => $"{size.Width}x{size.Height}";
}
