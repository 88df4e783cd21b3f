using Clip.Preprocessing;

namespace Clip;

/// <summary>The caption of an image of a stream, or why there is none.</summary>
/// <param name="Index">The image's place in the stream, from 0.</param>
/// <param name="Name">The image's name, such as its path.</param>
/// <param name="Text">The caption; null where the image cannot be read.</param>
/// <param name="Error">Why the image cannot be read; null where it can.</param>
public sealed record ImageCaption(long Index, string Name, string? Text, ImageDecodingException? Error);
