namespace Clip.Models;

/// <summary>Sizes of a text tower that can be read off the shapes of its weights.</summary>
/// <param name="ContextLength">The most tokens of a text.</param>
/// <param name="VocabularySize">Number of tokens in the vocabulary.</param>
/// <param name="Width">Channels.</param>
/// <param name="Layers">Blocks.</param>
/// <param name="EmbeddingSize">Channels of the shared space.</param>
public sealed record TextTowerOutline(long ContextLength, long VocabularySize, long Width, int Layers, long EmbeddingSize);
