namespace Clip.Embedding;

/// <summary>Rows of token ids for one pass of the network.</summary>
/// <param name="Rows">Which of the token rows they are.</param>
/// <param name="Length">Tokens in each of them.</param>
internal readonly record struct TextBatch(ArraySegment<int> Rows, int Length);
