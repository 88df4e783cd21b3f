using Clip.Checkpoints;

namespace Clip.Cli.Files;

/// <summary>Sizes of a CLIP that can be read off the shapes of its weights, without loading them.</summary>
/// <param name="ImageTower">What kind of image tower.</param>
/// <param name="Resolution">Height and width of pictures, in pixels; null where the positions are not a square.</param>
/// <param name="PatchSize">Side of a patch, in pixels; null for ResNets.</param>
/// <param name="ImageWidth">Channels of the image tower.</param>
/// <param name="ImageLayers">Blocks of the image tower.</param>
/// <param name="EmbeddingSize">Channels of the shared space.</param>
/// <param name="ContextLength">Tokens of a text.</param>
/// <param name="VocabularySize">Number of tokens.</param>
/// <param name="TextWidth">Channels of the text tower.</param>
/// <param name="TextLayers">Blocks of the text tower.</param>
internal sealed record CheckpointShapes(
    string ImageTower, int? Resolution, long? PatchSize, long ImageWidth, int ImageLayers,
    long EmbeddingSize, long ContextLength, long VocabularySize, long TextWidth, int TextLayers)
{
    // Pixels per position at the end of a ResNet: five halvings.
    private const int ResNetStride = 32;

    /// <summary>Reads the shapes; null where the names are not a CLIP's.</summary>
    /// <param name="checkpoint">An open checkpoint; a prefix such as "module." before all names is passed over.</param>
    public static CheckpointShapes? Read(Checkpoint checkpoint) => ReadNative(checkpoint) ?? ReadHuggingFace(checkpoint);

    /// <summary>For JSON.</summary>
    public JsonFields ToJson() => new()
    {
        ["imageTower"] = ImageTower,
        ["resolution"] = Resolution,
        ["patchSize"] = PatchSize,
        ["imageWidth"] = ImageWidth,
        ["imageLayers"] = ImageLayers,
        ["embeddingSize"] = EmbeddingSize,
        ["contextLength"] = ContextLength,
        ["vocabularySize"] = VocabularySize,
        ["textWidth"] = TextWidth,
        ["textLayers"] = TextLayers,
    };

    private static CheckpointShapes? ReadNative(Checkpoint checkpoint)
    {
        var tokens = Shape(checkpoint, "token_embedding.weight", 2);
        var positions = Find(checkpoint, "positional_embedding", 2, name => !name.Contains("visual.", StringComparison.Ordinal));
        var projection = Shape(checkpoint, "text_projection", 2);
        var patches = Shape(checkpoint, "visual.conv1.weight", 4);
        if (tokens is null || positions is null || projection is null || patches is null)
            return null;

        var textLayers = Layers(checkpoint, "transformer.resblocks.", name => !name.Contains("visual.", StringComparison.Ordinal));
        if (Shape(checkpoint, "visual.attnpool.positional_embedding", 2) is { } pool)
        {
            var stages = Enumerable.Range(1, 4).Sum(stage => Layers(checkpoint, $"visual.layer{stage}."));
            return new CheckpointShapes(
                "ModifiedResNet", Square(pool[0] - 1) * ResNetStride, null, patches[0] * 2, stages, projection[1], positions[0], tokens[0], tokens[1], textLayers);
        }
        return Shape(checkpoint, "visual.positional_embedding", 2) is { } grid
            ? new CheckpointShapes(
                "VisionTransformer", (int?)(Square(grid[0] - 1) * patches[3]), patches[3], patches[0], Layers(checkpoint, "visual.transformer.resblocks."),
                projection[1], positions[0], tokens[0], tokens[1], textLayers)
            : null;
    }

    private static CheckpointShapes? ReadHuggingFace(Checkpoint checkpoint)
    {
        var tokens = Shape(checkpoint, "text_model.embeddings.token_embedding.weight", 2);
        var positions = Shape(checkpoint, "text_model.embeddings.position_embedding.weight", 2);
        var patches = Shape(checkpoint, "vision_model.embeddings.patch_embedding.weight", 4);
        var grid = Shape(checkpoint, "vision_model.embeddings.position_embedding.weight", 2);
        if (tokens is null || positions is null || patches is null || grid is null)
            return null;

        var projection = Shape(checkpoint, "visual_projection.weight", 2);
        var patchCount = projection is null ? grid[0] : grid[0] - 1;
        return new CheckpointShapes(
            projection is null ? "SigLipVision" : "VisionTransformer", (int?)(Square(patchCount) * patches[3]), patches[3], patches[0],
            Layers(checkpoint, "vision_model.encoder.layers."), projection?[0] ?? patches[0], positions[0], tokens[0], tokens[1],
            Layers(checkpoint, "text_model.encoder.layers."));
    }

    private static IReadOnlyList<long>? Shape(Checkpoint checkpoint, string ending, int rank) => Find(checkpoint, ending, rank, _ => true);

    private static IReadOnlyList<long>? Find(Checkpoint checkpoint, string ending, int rank, Func<string, bool> isWanted) => checkpoint.Tensors.Values
        .FirstOrDefault(tensor => (tensor.Name == ending || tensor.Name.EndsWith("." + ending, StringComparison.Ordinal)) && isWanted(tensor.Name) && tensor.Shape.Count == rank)?.Shape;

    private static int Layers(Checkpoint checkpoint, string marker, Func<string, bool>? isWanted = null) => checkpoint.Tensors.Keys
        .Where(name => isWanted is null || isWanted(name))
        .Select(name => (Name: name, Start: name.IndexOf(marker, StringComparison.Ordinal)))
        .Where(found => found.Start >= 0)
        .Select(found => found.Name[(found.Start + marker.Length)..].Split('.')[0])
        .Distinct()
        .Count();

    private static int? Square(long count)
    {
        var side = (int)Math.Round(Math.Sqrt(Math.Max(0, count)));
        return side > 0 && (long)side * side == count ? side : null;
    }
}
