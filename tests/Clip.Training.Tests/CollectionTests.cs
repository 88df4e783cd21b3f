using System.Runtime.CompilerServices;
using Clip.Training.FineTuning;
using Clip.Training.Schedules;
using Clip.Training.Tests.Support;

namespace Clip.Training.Tests;

/// <summary>Trainers that nobody has disposed.</summary>
public sealed class CollectionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("plain")]
    [InlineData("micro-batches")]
    [InlineData("recomputation")]
    [InlineData("adapters")]
    [InlineData("average")]
    [InlineData("TensorBoard")]
    public async Task Trainer_NotDisposed_IsCollectedWithItsModel(string kind)
    {
        foreach (var part in Train(kind))
            await Unreachable.CollectAsync(part);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference[] Train(string kind)
    {
        var config = TinyConfig.VisionTransformer;
        var model = TinyConfig.Create(config);
        var trainer = new Trainer(model, new TrainerOptions
        {
            Steps = 2,
            BatchSize = 4,
            Schedule = new ConstantSchedule(0.001, 0),
            MicroBatch = kind == "micro-batches" ? 2 : null,
            RecomputeActivations = kind == "recomputation",
            Lora = kind == "adapters" ? new LoraOptions { Rank = 2 } : null,
            AverageDecay = kind == "average" ? 0.9 : null,
            TensorBoardFolder = kind == "TensorBoard" ? _folder.Path : null,
        });
        trainer.Run(new SyntheticPairs(config));
        return [new(trainer), new(model)];
    }
}
