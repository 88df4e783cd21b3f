namespace Clip.Tests;

/// <summary>JSON in applications that are trimmed, whose serializer has no reflection.</summary>
public sealed class TrimmedTests
{
    [Fact]
    public Task CardsConfigsAndHub_WithoutReflection_AreReadAndWritten() => TrimmedRun.PassesAsync(typeof(LoadTests), typeof(TrainingCheckpointTests), typeof(HubModelTests));
}
