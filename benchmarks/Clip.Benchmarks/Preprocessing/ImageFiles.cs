using BenchmarkDotNet.Attributes;
using Clip.Preprocessing;

namespace Clip.Benchmarks.Preprocessing;

/// <summary>JPEG files to normalized pixels, with both decoders, one and two threads, whole and reduced decoding.</summary>
[MemoryDiagnoser]
public class ImageFiles
{
    private const int Images = 8;

    private ImagePreprocessor _preprocessor = new(PreprocessingConfig.OpenAI(224));
    private ReadOnlyMemory<byte>[] _files = [];
    private float[] _pixels = [];

    /// <summary>Size of the images; 4000x3000 are 12 megapixels.</summary>
    [Params("640x480", "2000x1333", "4000x3000")]
    public string Size { get; set; } = "";

    /// <summary>Whether to use SkiaSharp where the system has libturbojpeg.</summary>
    [Params(true, false)]
    public bool SkiaOnly { get; set; }

    /// <summary>Whether to decode at a reduced size.</summary>
    [Params(false, true)]
    public bool FastDecoding { get; set; }

    /// <summary>Images at once.</summary>
    [Params(1, 2)]
    public int Threads { get; set; }

    /// <summary>Makes the files.</summary>
    [GlobalSetup]
    public void MakeFiles()
    {
        var decoder = SkiaOnly ? ImageDecoders.Skia : ImageDecoders.Default;
        _preprocessor = new ImagePreprocessor(PreprocessingConfig.OpenAI(224), new() { Decoder = decoder, FastDecoding = FastDecoding });
        var file = Photographs.Create(Size);
        _files = [.. Enumerable.Repeat<ReadOnlyMemory<byte>>(file, Images)];
        _pixels = new float[Images * _preprocessor.Length];
    }

    /// <summary>Reads a batch; the time is per image.</summary>
    [Benchmark(OperationsPerInvoke = Images)]
    public int Preprocess() => _preprocessor.PreprocessBatch(_files, _pixels, Threads).Count;
}
