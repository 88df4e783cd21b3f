using System.Globalization;
using System.Numerics.Tensors;
using Clip.Benchmarks.Peers;
using Clip.Preprocessing;
using Clip.Preprocessing.ImageSharp;

namespace Clip.Benchmarks.Preprocessing;

/// <summary>The decoders beside each other: which pixels differ, how far embeddings move, how long a JPEG takes.</summary>
/// <remarks>
/// <para><c>dotnet run -c Release --project benchmarks/Clip.Benchmarks -- decoders models/shapes tests/Fixtures/preprocess/images [size]</c></para>
/// <para>
/// The measure is SkiaSharp without reduction, whose JPEG pixels are Pillow's (DecodedPixelsTests). Times are those of one thread, in turns.
/// </para>
/// </remarks>
internal static class DecoderComparison
{
    private const int Rounds = 9;
    private const int Resolution = 224;

    /// <summary>Runs the comparison.</summary>
    /// <param name="args">The model, the folder of images, and the size of the JPEG that is timed.</param>
    public static int Run(string[] args)
    {
        if (args is not ([_, _] or [_, _, _]))
        {
            Console.Error.WriteLine("decoders MODEL FOLDER [SIZE]");
            return 1;
        }
        Machine.Write(Console.Out);
        string[] files = [.. Directory.EnumerateFiles(args[1], "*.jpg").Where(path => ImageHeader.Read(File.ReadAllBytes(path)).Color != SourceColor.Cmyk)];
        var size = args.ElementAtOrDefault(2) ?? "2000x1333";
        var ways = Ways();
        var seconds = Interleaved.Medians(Rounds, [.. ways.Select(way => Timed(way, Photographs.Create(size)))]);
        var pixels = ways.Select(way => Preprocess(way, files)).ToArray();
        var rows = ways.Select(way => Embed(way, args[0], files)).ToArray();

        Console.WriteLine($"{files.Length} JPEG files of {args[1]}; embeddings of {args[0]}; time of a JPEG of {size}");
        Console.WriteLine();
        Console.WriteLine("| Decoder | Equal files | Mean change of a number | Cosine, mean | Cosine, least | ms | Speed |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
        for (var i = 0; i < ways.Length; i++)
        {
            var equal = files.Where((_, file) => pixels[i][file].AsSpan().SequenceEqual(pixels[0][file])).Count();
            var change = files.Select((_, file) => Change(pixels[0][file], pixels[i][file])).Average();
            var cosines = files.Select((_, file) => (double)TensorPrimitives.CosineSimilarity<float>(rows[0][file], rows[i][file])).ToArray();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {ways[i].Name} | {equal} | {change:F4} | {cosines.Average():F6} | {cosines.Min():F5} | {1e3 * seconds[i]:F1} | {seconds[0] / seconds[i]:F1}x |"));
        }
        return 0;
    }

    private static Way[] Ways()
    {
        IImageDecoder[] decoders = [ImageDecoders.Skia, .. ImageDecoders.TurboJpeg is { } turboJpeg ? [turboJpeg] : Array.Empty<IImageDecoder>(), new ImageSharpDecoder()];
        return [.. new[] { false, true }.SelectMany(isFast => decoders.Where(decoder => !isFast || decoder is not ImageSharpDecoder).Select(decoder =>
            new Way($"{decoder.Name}{(isFast ? ", FastDecoding" : "")}", new ImagePreprocessorOptions { Decoder = decoder, FastDecoding = isFast })))];
    }

    private static Action Timed(Way way, byte[] jpeg)
    {
        var preprocessor = new ImagePreprocessor(PreprocessingConfig.OpenAI(Resolution), way.Options);
        var pixels = new float[preprocessor.Length];
        return () => preprocessor.Preprocess(jpeg, pixels);
    }

    private static float[][] Preprocess(Way way, string[] files)
    {
        var preprocessor = new ImagePreprocessor(PreprocessingConfig.OpenAI(Resolution), way.Options);
        return [.. files.Select(file =>
        {
            var pixels = new float[preprocessor.Length];
            preprocessor.Preprocess(file, pixels);
            return pixels;
        })];
    }

    private static float[][] Embed(Way way, string model, string[] files)
    {
        using var clip = ClipModel.Load(model, new ClipModelOptions { Device = "cpu", Images = way.Options });
        return clip.EmbedImages(files);
    }

    private static double Change(float[] left, float[] right) => left.Zip(right, (one, other) => Math.Abs((double)one - other)).Average();

    private readonly record struct Way(string Name, ImagePreprocessorOptions Options);
}
