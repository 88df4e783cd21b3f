using BenchmarkDotNet.Attributes;
using Clip.Preprocessing;

namespace Clip.Benchmarks.Preprocessing;

/// <summary>Decoded pixels to 224 x 224 normalized ones: resize, crop, normalize.</summary>
[MemoryDiagnoser]
public class ImageTransforms
{
    private readonly ImageTransform _transform = new(PreprocessingConfig.OpenAI(224));
    private readonly float[] _pixels = new float[3 * 224 * 224];
    private DecodedImage? _image;

    /// <summary>Size of the image; 4000x3000 are 12 megapixels.</summary>
    [Params("640x480", "2000x1333", "4000x3000")]
    public string Size { get; set; } = "";

    /// <summary>Decodes an image.</summary>
    [GlobalSetup]
    public void Decode() => _image = new ImagePreprocessor(_transform.Config).Decode(Photographs.Create(Size));

    /// <summary>Gives its memory back.</summary>
    [GlobalCleanup]
    public void Release() => _image?.Dispose();

    /// <summary>Transforms it.</summary>
    [Benchmark]
    public void Transform() => _transform.Apply(_image!.View, _pixels);
}
