namespace Clip.Fuzz.Mutation;

/// <summary>A piece of a file that its format tells apart: a chunk, a segment, an entry, an instruction.</summary>
/// <param name="Name">What names it; empty where nothing does.</param>
/// <param name="Data">What it holds.</param>
internal sealed record Part(byte[] Name, byte[] Data);
