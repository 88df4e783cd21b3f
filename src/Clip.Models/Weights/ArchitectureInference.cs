using Clip.Checkpoints;

namespace Clip.Models;

/// <summary>Reads OpenAI's architectures off the shapes of their weights.</summary>
/// <remarks>Source: openai/CLIP, build_model. Heads of 64 channels and perceptrons of four times the width are its conventions.</remarks>
internal static class ArchitectureInference
{
    public static DualEncoderConfig Infer(CheckpointTensors tensors, Activation activation)
    {
        tensors.RefuseWrapper(["ln_final.weight", "text_projection", "positional_embedding", "token_embedding.weight", "visual.conv1.weight"]);
        var textWidth = Shape(tensors, "ln_final.weight")[0];
        var config = new DualEncoderConfig
        {
            EmbeddingSize = Size(tensors, Shape(tensors, "text_projection", rank: 2)[1]),
            Image = tensors.Contains("visual.proj") ? VisionTransformer(tensors, activation) : ResNet(tensors),
            Text = new TextTowerConfig
            {
                ContextLength = Size(tensors, Shape(tensors, "positional_embedding", rank: 2)[0]),
                VocabularySize = Size(tensors, Shape(tensors, "token_embedding.weight", rank: 2)[0]),
                Transformer = Transformer(tensors, "transformer.resblocks.", textWidth, activation),
            },
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

    private static VisionTransformerConfig VisionTransformer(CheckpointTensors tensors, Activation activation)
    {
        var patches = Shape(tensors, "visual.conv1.weight", rank: 4);                      // [W, 3, patch, patch]
        var patchSize = Size(tensors, patches[3]);
        return new VisionTransformerConfig
        {
            Resolution = Size(tensors, GridSide(tensors, "visual.positional_embedding") * (long)patchSize),
            PatchSize = patchSize,
            Transformer = Transformer(tensors, "visual.transformer.resblocks.", patches[0], activation),
        };
    }

    private static ModifiedResNetConfig ResNet(CheckpointTensors tensors)
    {
        var width = Size(tensors, Shape(tensors, "visual.layer1.0.conv1.weight", rank: 4)[0]);
        return new ModifiedResNetConfig
        {
            Resolution = Size(tensors, 32L * GridSide(tensors, "visual.attnpool.positional_embedding")),
            Blocks = [.. Enumerable.Range(1, 4).Select(stage => CountBlocks(tensors, $"visual.layer{stage}."))],
            Width = width,
            Heads = 32 * width / DualEncoderConfig.HeadWidth,
        };
    }

    private static TransformerConfig Transformer(CheckpointTensors tensors, string blocks, long width, Activation activation) => new()
    {
        Width = Size(tensors, width),
        Layers = CountBlocks(tensors, blocks),
        Heads = Math.Max(1, Size(tensors, width) / DualEncoderConfig.HeadWidth),
        Activation = activation,
    };

    private static int CountBlocks(CheckpointTensors tensors, string prefix) => tensors.Names
        .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
        .Select(name => name[prefix.Length..].Split('.')[0])
        .Distinct()
        .Count();

    // Positions are a square grid and one more.
    private static int GridSide(CheckpointTensors tensors, string name) =>
        (int)Math.Round(Math.Sqrt(Math.Max(0, Shape(tensors, name, rank: 2)[0] - 1)));

    private static IReadOnlyList<long> Shape(CheckpointTensors tensors, string name, int rank = 1)
    {
        if (tensors.ShapeOf(name) is not { } shape)
        {
            throw new CheckpointException(
                tensors.Path, $"has no tensor '{name}': its architecture cannot be read off its shapes as OpenAI's can. State it in the options.");
        }
        return shape.Count == rank
            ? shape
            : throw new CheckpointException(tensors.Path, $"has '{name}' with {shape.Count} dimensions instead of {rank}.");
    }

    private static int Size(CheckpointTensors tensors, long size) => size is > 0 and <= int.MaxValue
        ? (int)size
        : throw new CheckpointException(tensors.Path, $"has a dimension of {size}, which no architecture has.");
}
