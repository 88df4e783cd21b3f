using Clip.Preprocessing.Tests.Support;

namespace Clip.Preprocessing.Tests.Decoding;

public class DecodedPixelsTests(ITestOutputHelper output)
{
    [Theory, MemberData(nameof(TestedDecoders.Whole), MemberType = typeof(TestedDecoders))]
    public void Decode_RecordedFiles_EqualsPillowWhereTheCodecAllows(string decoder)
    {
        var options = new ImagePreprocessorOptions { Decoder = TestedDecoders.Find(decoder) };
        var preprocessor = new ImagePreprocessor(PreprocessingConfig.OpenAI(224), options);
        var equal = 0;
        var differing = new List<string>();
        foreach (var recorded in Golden.Index("openai_index.json").GetProperty("images").EnumerateObject())
        {
            if (!Golden.HasImage(recorded.Name))
                continue;
            var actual = DecodeRgb(preprocessor, Golden.ImagePath(recorded.Name));
            if (Golden.Sha256(actual) == recorded.Value.GetProperty("decoded_rgb_sha256").GetString())
            {
                equal++;
                continue;
            }
            differing.Add(recorded.Name);
            var expected = Expected(recorded.Name);
            output.WriteLine($"{recorded.Name} differs by up to {Difference.Largest(actual, expected)}, {Difference.Mean(actual, expected):F3} on average");
        }
        output.WriteLine($"{equal} files are equal to Pillow's with {options.Decoder.Name}");
        Assert.Empty(differing.Except(TestedDecoders.Differing));
        Assert.True(equal >= TestedDecoders.LeastEqual);
    }

    // Pillow's own pixels where they are recorded; else those of a decoder that is equal to it.
    private static byte[] Expected(string name)
    {
        var recorded = Path.Combine(Golden.Folder, "decoded", Path.GetFileNameWithoutExtension(name) + ".rgb.png");
        return DecodeRgb(new ImagePreprocessor(PreprocessingConfig.OpenAI(224)), File.Exists(recorded) ? recorded : Golden.ImagePath(name));
    }

    private static byte[] DecodeRgb(ImagePreprocessor preprocessor, string path)
    {
        using var image = preprocessor.Decode(path);
        return RgbBytes.Of(image);
    }
}
