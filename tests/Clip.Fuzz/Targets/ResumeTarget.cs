using Clip.Checkpoints;
using Clip.Fuzz.Mutation;
using Clip.Models;
using Clip.Training;

namespace Clip.Fuzz.Targets;

/// <summary>Training checkpoints of which one file is changed, resumed from.</summary>
internal sealed class ResumeTarget(string name, Mutator mutator, string file) : FuzzTarget
{
    public override string Name => name;

    public override string Calls => "Trainer.Resume";

    public override IReadOnlyList<Type> Documented { get; } = [typeof(CheckpointException), typeof(CheckpointMismatchException)];

    public override Mutator Mutator => mutator;

    public override int Share => 1;

    public override bool DisposesTensors => false;

    public override ulong Read(FuzzInput input)
    {
        foreach (var (fileName, bytes) in TinyTraining.Files)
            input.Write(fileName, fileName == input.Name ? input.Bytes : bytes);
        using var scope = NewDisposeScope();
        using var network = new DualEncoder(TinyClip.Config);
        using var trainer = new Trainer(network, TinyTraining.Options(folder: null));
        trainer.Resume(input.Folder);
        Require(trainer.CompletedSteps >= 0, $"{trainer.CompletedSteps} steps are done.");
        return 0;
    }

    protected override IReadOnlyList<Seed> CreateSeeds() => [new(file, TinyTraining.Files[file])];
}
