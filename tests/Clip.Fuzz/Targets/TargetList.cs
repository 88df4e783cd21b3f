using Clip.Fuzz.Mutation;

namespace Clip.Fuzz.Targets;

/// <summary>All readers of files from outside.</summary>
internal static class TargetList
{
    /// <summary>The targets, by format.</summary>
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        .. CheckpointTargets.All(),
        new ModelConfigTarget(),
        new PreprocessingConfigTarget(),
        new ModelTarget("model-config", new JsonMutator(), "open_clip_config.json", "vocab.json"),
        new ModelTarget("model-weights", new SafetensorsMutator(), "open_clip_model.safetensors"),
        .. ImageTargets.All(),
        .. TokenizerTargets.All(),
        .. ListTargets.All(),
        new ShardTarget("shard-tar", isPacked: false, hasJson: false),
        new ShardTarget("shard-gzip", isPacked: true, hasJson: true),
        new ClassBankTarget(),
        new SearchIndexTarget(),
        new EmbeddedShardTarget(isMetadata: false),
        new EmbeddedShardTarget(isMetadata: true),
        new TrainerStateTarget(),
        new ResumeTarget("resume-state", new JsonMutator(), "trainer.json"),
        new ResumeTarget("resume-tensors", new SafetensorsMutator(), "training_state.safetensors"),
        new HubAnswerTarget(),
        new HubCacheTarget(),
        new SettingsTarget(),
    ];

    /// <summary>The target of exactly this name, one with a fault on purpose too.</summary>
    public static FuzzTarget Get(string name) => All.Concat(FaultyTarget.All).Single(target => target.Name == name);

    /// <summary>The targets of a name, or of a name's first words.</summary>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static IReadOnlyList<FuzzTarget> Find(string name)
    {
        var found = All.Where(target => target.Name == name || target.Name.StartsWith(name + "-", StringComparison.Ordinal)).ToList();
        return found.Count > 0 ? found : throw new ArgumentException($"There is no target '{name}'. Targets: {string.Join(", ", All.Select(target => target.Name))}.");
    }
}
