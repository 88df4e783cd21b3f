using Clip.Checkpoints;

namespace Clip.Models.Tests.Captioning;

/// <summary>CoCa's outputs and captions against open_clip's, whose searches are those of Hugging Face's library.</summary>
public sealed class CaptionParityTests
{
    public static TheoryData<string, int, bool> Cases => new()
    {
        { "coca", 88, false },
        { "coca", 88, true },
        { "coca_nopool", 78, false },
        { "coca_nopool", 78, true },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void EncodeWithCaptions_EqualsTheOriginal(string name, int start, bool isDouble)
    {
        _ = start;
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var recorded = Checkpoint.Open(Path.Combine(Fixtures.Find("towers", name), "io.safetensors"));
        using var network = Load(name, isDouble);
        var image = recorded.ReadTensor("image").to(isDouble ? ScalarType.Float64 : ScalarType.Float32);

        var (images, texts, logits) = network.EncodeWithCaptions(image, recorded.ReadTensor("text"));

        Close("encode_image_unnormalized", images);
        Close("encode_text_unnormalized", texts);
        Close("caption_logits", logits);
        Close("encode_image_unnormalized", network.EncodeImages(image));
        Close("encode_text_unnormalized", network.EncodeTexts(recorded.ReadTensor("text")));
        Close("image_tokens", network.Image.GetTokens(image).narrow(1, 1, recorded.Tensors["image_tokens.f32"].Shape[1]));

        void Close(string output, Tensor actual)
        {
            var expected = recorded.ReadTensor($"{output}.{(isDouble ? "f64" : "f32")}");
            var largest = expected.abs().max().to(ScalarType.Float64).item<double>();
            TensorAssert.Close(expected, actual, (isDouble ? 1e-12 : 2e-5) * Math.Max(1, largest));
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void GenerateCaptions_EqualTheOriginal(string name, int start, bool isDouble)
    {
        using var scope = NewDisposeScope();
        using var recorded = Checkpoint.Open(Path.Combine(Fixtures.Find("towers", name), "io.safetensors"));
        using var network = Load(name, isDouble);
        var image = recorded.ReadTensor("image");
        var search = new CaptionSearch { Beams = 3, MaxLength = 12, MinLength = 4, StartTokenId = start, EndTokenId = start + 1 };
        var prompt = recorded.ReadTensor("text")[2].data<long>().ToArray()[..3];

        Compare("captions_greedy", search with { Beams = 1 });
        Compare("captions_beam3", search);
        Compare("captions_beam6_default", search with { Beams = 6, MinLength = 5 });
        Compare("captions_beam4_repetition_penalty_1.3", search with { Beams = 4, RepetitionPenalty = 1.3 });
        Compare("captions_beam3_length_penalty_0", search with { LengthPenalty = 0 });
        Compare("captions_prompt", search, prompt);

        void Compare(string output, CaptionSearch search, long[]? begin = null)
        {
            var expected = recorded.ReadTensor(output);
            var captions = network.GenerateCaptions(image, search, begin);
            for (var i = 0; i < captions.Count; i++)
            {
                var row = expected[i].data<long>().ToArray();
                Assert.Equal($"{output}: {string.Join(' ', row)}", $"{output}: {string.Join(' ', captions[i].Concat(new long[row.Length]).Take(row.Length))}");
                Assert.True(captions[i].Length <= row.Length, output);
            }
        }
    }

    [Theory]
    [InlineData("coca", 88)]
    [InlineData("coca_nopool", 78)]
    public void GenerateCaptions_Packed_EqualsPlain(string name, int start)
    {
        using var scope = NewDisposeScope();
        using var recorded = Checkpoint.Open(Path.Combine(Fixtures.Find("towers", name), "io.safetensors"));
        using var network = Load(name, isDouble: false);
        var image = recorded.ReadTensor("image");
        var search = new CaptionSearch { MaxLength = 12, StartTokenId = start, EndTokenId = start + 1 };
        var expected = network.GenerateCaptions(image, search);

        using var packed = network.PackForInference();

        Assert.Equal(expected, packed.GenerateCaptions(image, search));
    }

    private static DualEncoder Load(string name, bool isDouble)
    {
        var folder = Fixtures.Find("towers", name);
        var config = DualEncoderConfig.Read(Path.Combine(folder, "open_clip_config.json"));
        var network = DualEncoder.Load(Path.Combine(folder, "model.safetensors"), new LoadOptions { Config = config });
        if (isDouble)
            network.to(ScalarType.Float64);
        return network;
    }
}
