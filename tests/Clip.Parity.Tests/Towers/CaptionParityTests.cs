using System.Text.Json;
using Clip.Models;

namespace Clip.Parity.Tests.Towers;

/// <summary>CoCa's outputs and captions against open_clip's, whose searches are those of Hugging Face's library.</summary>
public sealed class CaptionParityTests
{
    private const string Greedy = "captions_greedy";

    public static TheoryData<string> Cases => new(TowerCase.Having(Greedy));

    // Not every captioner writes captions.
    public static TheoryData<string, bool> DecodersInBothPrecisions =>
        [.. TowerCase.Having("caption_logits.f32").SelectMany(name => new[] { (name, false), (name, true) })];

    public static TheoryData<string, bool> CasesInBothPrecisions => [.. TowerCase.Having(Greedy).SelectMany(name => new[] { (name, false), (name, true) })];

    [Theory]
    [MemberData(nameof(DecodersInBothPrecisions))]
    public void EncodeWithCaptions_EqualsTheOriginal(string name, bool isDouble)
    {
        using var reference = new TowerCase(name);
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var network = Load(reference, isDouble);
        var image = reference.Image.to(isDouble ? ScalarType.Float64 : ScalarType.Float32);

        var (images, texts, logits) = network.EncodeWithCaptions(image, reference.Text);

        Close("encode_image_unnormalized", images);
        Close("encode_text_unnormalized", texts);
        Close("caption_logits", logits);
        Close("image_tokens", network.Image.GetTokens(image).narrow(1, 1, reference.Outputs["image_tokens.f32"].shape[1]));

        void Close(string output, Tensor actual)
        {
            var expected = reference.Outputs[$"{output}.{(isDouble ? "f64" : "f32")}"];
            var largest = expected.abs().max().to(ScalarType.Float64).item<double>();
            TensorAssert.Close(expected, actual, (isDouble ? 1e-12 : 2e-5) * Math.Max(1, largest));
        }
    }

    [Theory]
    [MemberData(nameof(CasesInBothPrecisions))]
    public void GenerateCaptions_EqualTheOriginal(string name, bool isDouble)
    {
        using var reference = new TowerCase(name);
        using var scope = NewDisposeScope();
        using var network = Load(reference, isDouble);
        var search = Search(reference) with { Beams = 3, MinLength = 4 };
        var prompt = reference.Text[2].data<long>().ToArray()[..3];

        Compare(Greedy, search with { Beams = 1 });
        Compare("captions_beam3", search);
        Compare("captions_beam6_default", search with { Beams = 6, MinLength = 5 });
        Compare("captions_beam4_repetition_penalty_1.3", search with { Beams = 4, MinLength = 5, RepetitionPenalty = 1.3 });
        Compare("captions_beam3_length_penalty_0", search with { LengthPenalty = 0 });
        Compare("captions_prompt", search with { Beams = 1 }, prompt);

        void Compare(string output, CaptionSearch search, long[]? begin = null)
        {
            var expected = reference.Outputs[output];
            var captions = network.GenerateCaptions(reference.Image, search, begin);
            Assert.Equal(expected.shape[0], captions.Count);
            for (var i = 0; i < captions.Count; i++)
            {
                var row = expected[i].data<long>().ToArray();
                Assert.Equal($"{output}: {string.Join(' ', row)}", $"{output}: {string.Join(' ', captions[i].Concat(new long[row.Length]).Take(row.Length))}");
                Assert.True(captions[i].Length <= row.Length, output);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void GenerateCaptions_Packed_EqualsPlain(string name)
    {
        using var reference = new TowerCase(name);
        using var scope = NewDisposeScope();
        using var network = Load(reference, isDouble: false);
        var search = Search(reference);
        var expected = network.GenerateCaptions(reference.Image, search);

        using var packed = network.PackForInference();

        Assert.Equal(expected, packed.GenerateCaptions(reference.Image, search));
    }

    private static DualEncoder Load(TowerCase reference, bool isDouble)
    {
        var network = reference.Load();
        if (isDouble)
            network.to(ScalarType.Float64);
        return network;
    }

    private static CaptionSearch Search(TowerCase reference)
    {
        using var meta = JsonDocument.Parse(File.ReadAllBytes(reference.PathOf("meta.json")));
        var generation = meta.RootElement.GetProperty("generation");
        return new CaptionSearch
        {
            MaxLength = Of("max_length"),
            StartTokenId = Of("sot"),
            EndTokenId = Of("eos"),
        };

        int Of(string name) => generation.GetProperty(name).GetInt32();
    }
}
