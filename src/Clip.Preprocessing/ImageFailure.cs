namespace Clip.Preprocessing;

/// <summary>One image of a batch that could not be read.</summary>
/// <param name="Index">Its place in the batch.</param>
/// <param name="Error">What is wrong with it.</param>
public sealed record ImageFailure(int Index, ImageDecodingException Error);
