using Clip.Checkpoints;

namespace Clip.Models;

/// <summary>Reads OpenAI's architectures, and Apple's published ones, off the shapes of their weights.</summary>
internal static class ArchitectureInference
{
    // The names that every model in OpenAI's layout has.
    private static readonly string[] Names = ["ln_final.weight", "text_projection", "positional_embedding", "token_embedding.weight", "visual.conv1.weight"];

    /// <summary>The activation of the original whose names the weights have; null where they leave it open.</summary>
    public static Activation? TryInferActivation(CheckpointTensors tensors)
    {
        var shapes = new TensorShapes(tensors);
        return TowerFamilies.Images.Select(family => family.TryInferActivation(shapes)).FirstOrDefault(activation => activation is not null);
    }

    public static DualEncoderConfig Infer(CheckpointTensors tensors, Activation activation)
    {
        tensors.RefuseWrapper(Names);
        var shapes = new TensorShapes(tensors);
        var text = TowerFamilies.Texts.Select(family => family.TryInfer(shapes, activation)).FirstOrDefault(config => config is not null);
        var image = TowerFamilies.Images.Select(family => family.TryInfer(shapes, activation)).FirstOrDefault(config => config is not null);
        if (text is null || image is null)
        {
            var (kind, name) = text is null ? ("text", "token_embedding.weight") : ("image", "visual.proj");
            throw new CheckpointException(
                tensors.Path,
                $"has no {kind} tower in OpenAI's names, such as '{name}': its architecture cannot be read off its shapes as OpenAI's can. State it in the options.");
        }
        var config = new DualEncoderConfig
        {
            EmbeddingSize = shapes.Size(shapes.Of("text_projection", rank: 2)[1]),
            Image = image,
            Text = text,
        };
        try
        {
            config.Validate();
            return config;
        }
        catch (ArgumentException e)
        {
            throw new CheckpointException(tensors.Path, $"has shapes that are not those of one of OpenAI's architectures: {ConfigCheck.Describe(e)}", e);
        }
    }

    /// <summary>Reads one of Apple's published models; null where the weights are none in Apple's names.</summary>
    public static DualEncoderConfig? TryInferApple(CheckpointTensors tensors)
    {
        const string Projection = "text_encoder.projection_layer";
        var shapes = new TensorShapes(tensors);
        if (shapes.TryOf(Projection, rank: 2) is not { } projection)
            return null;
        var image = TowerFamilies.Images.Select(family => family.TryInferApple(shapes)).FirstOrDefault(config => config is not null);
        var text = TowerFamilies.Texts.Select(family => family.TryInferApple(shapes)).FirstOrDefault(config => config is not null);
        return image is null || text is null ? null
            : new DualEncoderConfig { EmbeddingSize = shapes.Size(projection[1]), Image = image, Text = text.Family.Fit(text, shapes) };
    }
}
