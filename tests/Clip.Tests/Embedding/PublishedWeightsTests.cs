using Clip.Runtime;

namespace Clip.Tests;

/// <summary>Released weights beside the probabilities that openai/CLIP's README prints for them.</summary>
public sealed class PublishedWeightsTests
{
    [Fact]
    public void EmbedImage_PaperFigure_GivesThePublishedProbabilities()
    {
        var folder = Path.GetDirectoryName(External.Require(External.Weights, "CLIP.png"))!;
        var weights = Path.Combine(folder, "ViT-B-32");
        using var clip = ClipModel.Load(
            Directory.Exists(weights) ? weights : External.Require(External.Weights, "ViT-B-32.pt"),
            new ClipModelOptions { Device = "cpu", Precision = Precision.Float32, Vocabulary = Directory.Exists(weights) ? null : folder });

        var image = clip.EmbedImage(Path.Combine(folder, "CLIP.png"));
        var similarities = EmbeddingMath.Similarities(image, clip.EmbedTexts(["a diagram", "a dog", "a cat"]));
        var probabilities = EmbeddingMath.Softmax([.. similarities.Select(similarity => similarity * clip.LogitScale)]);

        // The published figures were computed in half precision on a GPU.
        Assert.Equal(0.9927937, probabilities[0], 2e-3);
        Assert.Equal(0.00421068, probabilities[1], 2e-3);
        Assert.Equal(0.00299572, probabilities[2], 2e-3);
    }
}
