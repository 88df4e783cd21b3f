namespace Clip.Models;

/// <summary>How much of a checkpoint's weights has been read.</summary>
/// <param name="BytesRead">Bytes of the tensors that are read, as they are stored.</param>
/// <param name="TotalBytes">Bytes of all tensors that the model takes.</param>
public readonly record struct WeightProgress(long BytesRead, long TotalBytes);
