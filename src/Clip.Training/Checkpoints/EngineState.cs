using Clip.Checkpoints;
using Clip.Models;
using Clip.Training.Steps;

namespace Clip.Training.Checkpoints;

/// <summary>Writes and reads the tensors of a training run: weights, their average, optimizer and adapters.</summary>
internal static class EngineState
{
    private const string FileName = "training_state.safetensors";
    private const string OptimizerPrefix = "optimizer.";
    private const string AdaptersPrefix = "adapters.";

    public static void Write(TrainingEngine engine, string folder)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        Export(engine.Network, folder);
        if (engine.Average is { } average)
        {
            average.Swap();
            try
            {
                Export(engine.Network, Path.Combine(folder, TrainingCheckpoint.AverageFolder));
            }
            finally
            {
                average.Swap();
            }
        }
        SafetensorsFile.Write(
            Path.Combine(folder, FileName),
            [.. Prefixed(OptimizerPrefix, engine.Optimizer.GetState()), .. Prefixed(AdaptersPrefix, engine.Adapters?.GetState() ?? [])]);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="CheckpointException">A file is missing, broken, or belongs to another run.</exception>
    public static void Read(TrainingEngine engine, string folder)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var path = Path.Combine(folder, FileName);
        using var weights = BrokenCheckpoint.Explain(folder, () => StoredWeights.Open(folder, engine.Network));
        using var average = engine.Average is null ? null : BrokenCheckpoint.Explain(
            folder, () => StoredWeights.Open(Path.Combine(folder, TrainingCheckpoint.AverageFolder), engine.Network));
        var (optimizer, adapters) = BrokenCheckpoint.Explain(folder, () =>
        {
            using var file = Checkpoint.Open(path);
            return (Part(file, OptimizerPrefix), Part(file, AdaptersPrefix));
        });
        try
        {
            engine.Optimizer.SetState(optimizer);
            engine.Adapters?.SetState(adapters);
        }
        catch (ArgumentException e)
        {
            engine.Optimizer.SetState(new Dictionary<string, Tensor>());
            throw new CheckpointException(path, $"belongs to another run: {e.Message}", e);
        }

        weights.CopyTo(engine.Network);
        if (average is null)
            return;
        engine.Average!.Swap();
        average.CopyTo(engine.Network);
        engine.Average.Swap();
    }

    /// <summary>Requires that a network can be written.</summary>
    /// <exception cref="ArgumentException">No layout has words for it.</exception>
    public static void RequireLayout(DualEncoder network)
    {
        if (network.FindExportProblem(WeightLayout.Native) is { } problem && network.FindExportProblem(WeightLayout.HuggingFace) is not null)
            throw new ArgumentException($"Checkpoints cannot hold the model, which neither open_clip's nor Hugging Face's configs describe: {problem}", nameof(network));
    }

    // open_clip's config has no words for some models, such as SigLIP towers of sizes that timm does not know.
    private static void Export(DualEncoder network, string folder) =>
        network.Export(folder, network.FindExportProblem(WeightLayout.Native) is null ? WeightLayout.Native : WeightLayout.HuggingFace);

    private static IEnumerable<KeyValuePair<string, Tensor>> Prefixed(string prefix, IEnumerable<KeyValuePair<string, Tensor>> state) =>
        state.Select(entry => KeyValuePair.Create(prefix + entry.Key, entry.Value));

    private static Dictionary<string, Tensor> Part(Checkpoint file, string prefix) => file.Tensors.Keys
        .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
        .ToDictionary(name => name[prefix.Length..], name => file.ReadTensor(name));
}
