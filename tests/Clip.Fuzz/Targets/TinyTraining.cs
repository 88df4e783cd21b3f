using Clip.Models;
using Clip.Training;
using Clip.Training.Checkpoints;
using Clip.Training.Data;
using Clip.Training.Schedules;

namespace Clip.Fuzz.Targets;

/// <summary>A checkpoint of a short training run of a small model.</summary>
internal static class TinyTraining
{
    private static readonly Lazy<IReadOnlyDictionary<string, byte[]>> s_files = new(Train);

    /// <summary>Its files by name.</summary>
    public static IReadOnlyDictionary<string, byte[]> Files => s_files.Value;

    /// <summary>The settings of the run.</summary>
    /// <param name="folder">Where checkpoints go; null for nowhere.</param>
    public static TrainerOptions Options(string? folder) => new()
    {
        Steps = 1,
        BatchSize = 2,
        Schedule = new ConstantSchedule(1e-3, WarmupSteps: 0),
        Checkpoints = folder is null ? null : new CheckpointOptions { Folder = folder },
    };

    private static Dictionary<string, byte[]> Train()
    {
        using var folder = new TemporaryFolder();
        using var network = new DualEncoder(TinyClip.Config);
        using var trainer = new Trainer(network, Options(folder.Path)) { Evaluate = (_, _) => new Dictionary<string, double> { ["recall"] = 0.5 } };
        using var pairs = new OnePair();
        trainer.Run(pairs);
        var checkpoint = TrainingCheckpoint.FindLatest(folder.Path)!;
        return Directory.GetFiles(checkpoint.Path).ToDictionary(path => Path.GetFileName(path), File.ReadAllBytes);
    }

    private sealed class OnePair : IPairSource
    {
        public string Identity => "one pair";

        public long? SamplesPerEpoch => null;

        public IEnumerable<PairBatch> Batches(int size, PairPosition from, CancellationToken cancellationToken = default)
        {
            yield return new PairBatch(
                ones(size, 3, TinyClip.Resolution, TinyClip.Resolution), ones([size, TinyClip.ContextLength], ScalarType.Int64), new PairPosition(0, size));
        }

        public void Dispose()
        {
        }
    }
}
