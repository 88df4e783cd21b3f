using System.Collections.Immutable;
using Clip.Preprocessing;

namespace Clip.ZeroShot.Evaluation;

/// <summary>What an evaluation found.</summary>
public sealed record ZeroShotReport
{
    /// <summary>How often the readable images were classified rightly.</summary>
    public required ClassificationMetrics Metrics { get; init; }

    /// <summary>Images that could not be read; they are no part of <see cref="Metrics"/>.</summary>
    public required long UnreadableCount { get; init; }

    /// <summary>The first hundred of them, with the reason.</summary>
    public required ImmutableArray<ImageDecodingException> Unreadable { get; init; }
}
