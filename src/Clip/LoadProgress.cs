namespace Clip;

/// <summary>How far the loading of a model has come.</summary>
/// <param name="Stage">What it is doing.</param>
/// <param name="File">The file it is busy with, or null.</param>
/// <param name="BytesReceived">Bytes of that file on this machine; while weights are read, bytes of the tensors that are read.</param>
/// <param name="TotalBytes">Bytes of the whole file, or of all tensors that the model takes; null where that is not known.</param>
public readonly record struct LoadProgress(LoadStage Stage, string? File = null, long BytesReceived = 0, long? TotalBytes = null);
