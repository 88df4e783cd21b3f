using Clip.Checkpoints.Reading;

namespace Clip.Checkpoints.Safetensors;

/// <summary>One tensor in a safetensors header; its bytes run from <c>Begin</c> to before <c>End</c> of the data.</summary>
internal sealed record SafetensorsEntry(string Name, ElementType Element, long[] Shape, long Begin, long End);
