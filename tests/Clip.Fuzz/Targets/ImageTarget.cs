using Clip.Fuzz.Mutation;
using Clip.Preprocessing;

namespace Clip.Fuzz.Targets;

/// <summary>Images of one format through one decoder: in full size, and prepared for a tower.</summary>
internal sealed class ImageTarget(string name, Mutator mutator, IImageDecoder decoder, params Seed[] seeds) : FuzzTarget
{
    private const int Resolution = 32;

    // Enough for the seeds; what asks for more says so in its header.
    private const int MostPixels = 1 << 18;

    private readonly ImagePreprocessor _preprocessor = new(
        PreprocessingConfig.OpenAI(Resolution),
        new ImagePreprocessorOptions { Decoder = decoder, Limits = new ImageLimits { MaxPixels = MostPixels }, ApplyOrientation = true, FastDecoding = true });

    public override string Name => name;

    public override string Calls => $"ImagePreprocessor.Decode and Preprocess with {decoder.Name}";

    public override IReadOnlyList<Type> Documented { get; } = [typeof(ImageDecodingException)];

    public override Mutator Mutator => mutator;

    public override int Share => 20;

    // The image twice, four bytes a pixel, and what a decoder needs beside it.
    public override long MostBytes => 96L << 20;

    public override bool ReadsTwice => true;

    public override ulong Read(FuzzInput input)
    {
        var hash = new ValueHash();
        using (var image = _preprocessor.Decode(input.Bytes))
        {
            Require((long)image.Width * image.Height <= MostPixels, $"{image.Width} x {image.Height} pixels were decoded.");
            hash.Add<byte>(image.Pixels);
        }
        var pixels = new float[_preprocessor.Length];
        Array.Fill(pixels, float.NaN);
        _preprocessor.Preprocess(input.Bytes, pixels);
        Require(Array.TrueForAll(pixels, float.IsFinite), "a prepared value is not finite.");
        return hash.Add<float>(pixels).Value;
    }

    protected override IReadOnlyList<Seed> CreateSeeds() => seeds;
}
