namespace Clip;

/// <summary>The embedding of one text of a stream.</summary>
/// <param name="Index">The text's place in the stream, from 0.</param>
/// <param name="Text">The text.</param>
/// <param name="Vector">The embedding, of unit length.</param>
public sealed record TextEmbedding(long Index, string Text, float[] Vector);
