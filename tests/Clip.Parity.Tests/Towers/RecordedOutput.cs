using Clip.Models;

namespace Clip.Parity.Tests.Towers;

/// <summary>What the originals call an output of a whole network, and how it is computed here.</summary>
/// <param name="Compute">Computes it.</param>
/// <param name="Tolerance">How far float32 may be off, from the largest element and the logit scale.</param>
internal sealed record RecordedOutput(Func<IDualEncoder, Tensor, Tensor, Tensor> Compute, Func<double, double, double> Tolerance)
{
    private static readonly RecordedOutput
        Image = new((network, images, _) => network.EncodeImages(images), Features),
        Text = new((network, _, texts) => network.EncodeTexts(texts), Features),
        UnitImage = new((network, images, _) => network.EncodeImages(images, normalize: true), Unit),
        UnitText = new((network, _, texts) => network.EncodeTexts(texts, normalize: true), Unit),
        Logits = new(ComputeLogits, (_, scale) => (1e-6 * scale) + 1e-5);

    private static readonly Dictionary<string, RecordedOutput> Known = new()
    {
        ["encode_image"] = Image,
        ["encode_text"] = Text,
        ["image_features_normalized"] = UnitImage,
        ["text_features_normalized"] = UnitText,
        ["encode_image_unnormalized"] = Image,
        ["encode_text_unnormalized"] = Text,
        ["logits_per_image"] = Logits,
        ["logits_per_text"] = Logits with { Compute = (network, images, texts) => ComputeLogits(network, images, texts).t() },
        ["logit_scale_exp"] = new((network, _, _) => network.GetLogitScale(), (_, scale) => 1e-6 * scale),
        ["image_embeds"] = UnitImage,
        ["text_embeds"] = UnitText,
    };

    /// <summary>Finds an output by the name under which a case has it; null where the name is no output of the whole network.</summary>
    /// <param name="reference">The case.</param>
    /// <param name="name">The name, without ".f32".</param>
    public static RecordedOutput? Find(TowerCase reference, string name) => name switch
    {
        // Hugging Face's features are embeddings before their length is made one, CoCa's afterwards.
        "image_features" => reference.IsHuggingFace ? Image : UnitImage,
        "text_features" => reference.IsHuggingFace ? Text : UnitText,
        _ => Known.GetValueOrDefault(name),
    };

    private static double Features(double largest, double scale) => 2e-5 * Math.Max(1, largest);

    private static double Unit(double largest, double scale) => 5e-6;     // the deepest networks, FastViT's, need more than 2e-6

    private static Tensor ComputeLogits(IDualEncoder network, Tensor images, Tensor texts) =>
        network.GetLogits(network.EncodeImages(images), network.EncodeTexts(texts));
}
