using Clip.Cli;
using Clip.Cli.Training;
using Clip.Fuzz.Mutation;

namespace Clip.Fuzz.Targets;

/// <summary>Files with options of the tool.</summary>
internal sealed class SettingsTarget : FuzzTarget
{
    public override string Name => "tool-settings";

    public override string Calls => "SettingsFile.Read";

    public override IReadOnlyList<Type> Documented { get; } = [typeof(FailureException), typeof(UsageException)];

    public override Mutator Mutator { get; } = new LinesMutator();

    public override ulong Read(FuzzInput input)
    {
        Require(SettingsFile.Read(input.Write()).All(setting => setting is { Name.Length: > 0, Value.Length: > 0 }), "a setting has no name or no value.");
        return 0;
    }

    protected override IReadOnlyList<Seed> CreateSeeds() =>
        [new("settings.txt", [.. "# options\nsteps = 100\n\nbatch-size = 32\nmodel = some/folder = with sign\nrate=1e-3\n"u8])];
}
