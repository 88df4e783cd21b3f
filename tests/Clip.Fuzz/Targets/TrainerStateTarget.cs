using Clip.Checkpoints;
using Clip.Fuzz.Mutation;
using Clip.Training.Checkpoints;

namespace Clip.Fuzz.Targets;

/// <summary>The numbers of training checkpoints.</summary>
internal sealed class TrainerStateTarget : FuzzTarget
{
    private const string Folder = "step-000003";

    public override string Name => "trainer-state";

    public override string Calls => "TrainingCheckpoint.FindLatest, FindBest";

    public override IReadOnlyList<Type> Documented { get; } = [typeof(CheckpointException)];

    public override Mutator Mutator { get; } = new JsonMutator();

    public override ulong Read(FuzzInput input)
    {
        input.Write($"{Folder}/trainer.json", input.Bytes);
        var latest = TrainingCheckpoint.FindLatest(input.Folder);
        Require(latest is { Step: >= 0, Metrics: not null }, $"a checkpoint that is there was found as {latest}.");
        _ = TrainingCheckpoint.FindBest(input.Folder, "recall");
        return 0;
    }

    protected override IReadOnlyList<Seed> CreateSeeds() => [new("trainer.json", TinyTraining.Files["trainer.json"])];
}
