using System.Runtime.InteropServices;
using Clip.Checkpoints;
using Clip.Kernels.Float32.Memory;

namespace Clip.Models;

/// <summary>Fills a model's weights from a checkpoint, several tensors at a time.</summary>
internal static class WeightLoader
{
    // Reading is bound by memory and disk, which a few threads fill.
    private static readonly ParallelOptions Parallelism = new() { MaxDegreeOfParallelism = Math.Min(4, Environment.ProcessorCount) };

    /// <summary>What the names of an image tower's parameters begin with.</summary>
    public const string ImageTower = "visual.";

    /// <summary>What the names of a text tower's parameters begin with.</summary>
    public const string TextTower = "text.";

    // Elements of float32 in less than the 2 GB that a span can cover.
    private const long LongestSpan = 1 << 28;

    private const uint InfinityBits = 0x7F80_0000;

    /// <summary>Copies every tensor of a plan.</summary>
    /// <param name="network">The model, which may have another resolution or context length than the checkpoint.</param>
    /// <param name="tensors">The checkpoint.</param>
    /// <param name="plan">What goes where.</param>
    /// <param name="source">The architecture the checkpoint was written from.</param>
    /// <param name="allowNonFinite">Whether NaN and infinity are accepted.</param>
    /// <param name="progress">Told after each tensor; null for nobody.</param>
    public static void Fill(
        DualEncoder network, CheckpointTensors tensors, LoadPlan plan, DualEncoderConfig source, bool allowNonFinite, IProgress<WeightProgress>? progress = null) =>
        Fill(network.state_dict(), tensors, plan, (parameter, stored) => Resize(parameter, stored, source, network.Config), allowNonFinite, progress);

    /// <summary>Copies every tensor of a plan.</summary>
    /// <param name="weights">What to fill, by its names in the plan.</param>
    /// <param name="tensors">The checkpoint.</param>
    /// <param name="plan">What goes where.</param>
    /// <param name="resize">Fits a parameter of another resolution or context length, given its name.</param>
    /// <param name="allowNonFinite">Whether NaN and infinity are accepted.</param>
    /// <param name="progress">Told after each tensor; null for nobody.</param>
    public static void Fill(
        IReadOnlyDictionary<string, Tensor> weights,
        CheckpointTensors tensors,
        LoadPlan plan,
        Func<string, Tensor, Tensor> resize,
        bool allowNonFinite,
        IProgress<WeightProgress>? progress = null)
    {
        var count = progress is null ? null : new ReadBytes(tensors, plan, progress);
        Fill(weights, tensors, plan.Keys, resize, allowNonFinite, count);
    }

    /// <summary>Copies every tensor of a plan but those that are filled when they are packed, and prepares that.</summary>
    /// <param name="network">The model.</param>
    /// <param name="memory">Where the others will lie. It reads the checkpoint, which stays open until then.</param>
    /// <param name="tensors">The checkpoint.</param>
    /// <param name="plan">What goes where.</param>
    /// <param name="source">The architecture the checkpoint was written from.</param>
    /// <param name="allowNonFinite">Whether NaN and infinity are accepted.</param>
    /// <param name="progress">Told after each tensor; null for nobody.</param>
    public static void Fill(
        DualEncoder network,
        BlockMemory memory,
        CheckpointTensors tensors,
        LoadPlan plan,
        DualEncoderConfig source,
        bool allowNonFinite,
        IProgress<WeightProgress>? progress = null)
    {
        var count = progress is null ? null : new ReadBytes(tensors, plan, progress);
        var parameters = network.state_dict();
        var waiting = plan.Keys.Where(key => memory.Holds(parameters[key.Parameter])).ToLookup(key => parameters[key.Parameter].Handle);
        Fill(parameters, [.. plan.Keys.Where(key => !memory.Holds(parameters[key.Parameter]))]);
        memory.FillBy(block =>
        {
            var keys = block.SelectMany(parameter => waiting[parameter.Handle]).ToList();
            Fill(keys.Select(key => key.Parameter).Distinct().ToDictionary(name => name, name => parameters[name]), keys);
        });

        void Fill(IReadOnlyDictionary<string, Tensor> weights, IReadOnlyList<CheckpointKey> part) =>
            WeightLoader.Fill(weights, tensors, part, (parameter, stored) => Resize(parameter, stored, source, network.Config), allowNonFinite, count);
    }

    /// <summary>Reads every tensor of a plan and looks at its values, several at a time; nothing is kept.</summary>
    /// <exception cref="CheckpointException">A tensor cannot be read, or holds NaN or infinity.</exception>
    public static void Check(CheckpointTensors tensors, LoadPlan plan) => ForEach(plan.Keys, key =>
    {
        using var values = tensors.Read(key.Name);
        RequireFinite(key, values, tensors);
    });

    private static void Fill(
        IReadOnlyDictionary<string, Tensor> weights,
        CheckpointTensors tensors,
        IReadOnlyList<CheckpointKey> keys,
        Func<string, Tensor, Tensor> resize,
        bool allowNonFinite,
        ReadBytes? count)
    {
        using var scope = NewDisposeScope();
        var parameters = weights.ToDictionary(entry => entry.Key, entry => entry.Value.detach());
        ForEach(keys, key =>
        {
            var destination = key.View(parameters[key.Parameter]);
            Copy(key, destination, tensors, resize);
            if (!allowNonFinite)
                RequireFinite(key, destination, tensors);
            count?.Add(key.Name);
        });
    }

    private static void ForEach(IReadOnlyList<CheckpointKey> keys, Action<CheckpointKey> act)
    {
        try
        {
            Parallel.ForEach(keys, Parallelism, key =>
            {
                using var work = NewDisposeScope();
                using var noGradients = no_grad();
                act(key);
            });
        }
        catch (AggregateException e)
        {
            // The first of several failures says enough; it keeps its own trace.
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }

    private static void Copy(CheckpointKey key, Tensor destination, CheckpointTensors tensors, Func<string, Tensor, Tensor> resize)
    {
        var shape = tensors.ShapeOf(key.Name)!;
        if (shape.SequenceEqual(destination.shape))
            tensors.CopyTo(key.Name, destination);
        else if (destination.dim() == 0)
            tensors.CopyTo(key.Name, destination.view(1));
        else
            destination.copy_(resize(key.Parameter, tensors.Read(key.Name, ScalarType.Float32)).view(destination.shape));
    }

    private static Tensor Resize(string parameter, Tensor stored, DualEncoderConfig source, DualEncoderConfig target)
    {
        if (parameter.StartsWith(ImageTower, StringComparison.Ordinal))
            return source.Image.Family.Resize(parameter[ImageTower.Length..], stored, source.Image, target.Image);
        if (parameter.StartsWith(TextTower, StringComparison.Ordinal))
            return source.Text.Family.Resize(parameter[TextTower.Length..], stored, target.Text);
        throw new ArgumentException($"'{parameter}' cannot be resized.", nameof(parameter));
    }

    private static void RequireFinite(CheckpointKey key, Tensor values, CheckpointTensors tensors)
    {
        if (!values.is_floating_point() || IsFinite(values))
            return;

        var reason = values.dtype == ScalarType.Float16 ? "NaN, infinity or a value beyond float16's range" : "NaN or infinity";
        throw new CheckpointException(
            tensors.Path,
            $"holds {reason} in '{key.Name}', which would make every embedding meaningless; {nameof(LoadOptions)}.{nameof(LoadOptions.AllowNonFinite)} allows it.");
    }

    // Right after the copy, while the values are in the cache, and on this thread alone: others fill other tensors.
    private static bool IsFinite(Tensor values)
    {
        if (values.dtype != ScalarType.Float32 || !values.is_contiguous())
            return values.isfinite().all().item<bool>();

        return values.flatten().split(LongestSpan).All(part => LargestMagnitude.Of(MemoryMarshal.Cast<byte, float>(part.bytes)) < InfinityBits);
    }
}
