using Clip.Checkpoints;

namespace Clip.Models;

/// <summary>The shapes of a checkpoint's tensors, for those who read sizes off them.</summary>
internal sealed class TensorShapes(CheckpointTensors tensors)
{
    /// <summary>The shapes of a checkpoint's weights; null where it is not clear which they are, which is a question for those who load them.</summary>
    public static TensorShapes? TryRead(Checkpoint checkpoint)
    {
        try
        {
            return new TensorShapes(new CheckpointTensors(checkpoint, weightsKey: null));
        }
        catch (CheckpointException)
        {
            return null;      // a model and its moving average, say
        }
    }

    /// <summary>Whether there is a tensor of a name.</summary>
    public bool Contains(string name) => tensors.Contains(name);

    /// <summary>The shape of a tensor that must be there.</summary>
    /// <exception cref="CheckpointException">It is not, or has another number of dimensions.</exception>
    public IReadOnlyList<long> Of(string name, int rank = 1)
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

    /// <summary>The shape of a tensor, or null where there is none of the name with so many dimensions.</summary>
    public IReadOnlyList<long>? TryOf(string name, int rank) => tensors.ShapeOf(name) is { } shape && shape.Count == rank ? shape : null;

    /// <summary>A dimension as a size.</summary>
    /// <exception cref="CheckpointException">No architecture has such a size.</exception>
    public int Size(long size) => size is > 0 and <= int.MaxValue
        ? (int)size
        : throw new CheckpointException(tensors.Path, $"has a dimension of {size}, which no architecture has.");

    /// <summary>How many blocks have names that begin with a prefix and a number.</summary>
    public int CountBlocks(string prefix) => tensors.Names
        .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
        .Select(name => name[prefix.Length..].Split('.')[0])
        .Distinct()
        .Count();

    /// <summary>The side of the square that has nearly so many places.</summary>
    public static long NearestSide(long places) => (long)Math.Round(Math.Sqrt(Math.Max(0, places)));

    /// <summary>The side of a square of so many places; null where it is no square.</summary>
    public static int? Side(long places)
    {
        var side = (int)NearestSide(places);
        return side > 0 && (long)side * side == places ? side : null;
    }

    /// <summary>The blocks of a transformer with the conventions of OpenAI's models.</summary>
    /// <remarks>Source: openai/CLIP, build_model. Heads of 64 channels and MLPs of four times the width are its conventions.</remarks>
    /// <param name="blocks">The prefix of its blocks' names.</param>
    /// <param name="width">Its channels.</param>
    /// <param name="activation">Its activation.</param>
    public TransformerConfig Transformer(string blocks, long width, Activation activation) => new()
    {
        Width = Size(width),
        Layers = CountBlocks(blocks),
        Heads = Math.Max(1, Size(width) / DualEncoderConfig.HeadWidth),
        Activation = activation,
    };
}
