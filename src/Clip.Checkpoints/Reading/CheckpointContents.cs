namespace Clip.Checkpoints.Reading;

/// <summary>What opening a checkpoint found: its tensors in order, its metadata, and the open files they live in.</summary>
internal sealed record CheckpointContents(
    CheckpointFormat Format,
    IReadOnlyList<StoredTensor> Tensors,
    OrderedDictionary<string, string> Metadata,
    IReadOnlyList<CheckpointFile> Files);
