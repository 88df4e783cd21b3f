using Clip.Models.Tests.Configuration;

namespace Clip.Models.Tests.Export;

/// <summary>JSON in applications that are trimmed, whose serializer has no reflection.</summary>
public sealed class TrimmedTests
{
    [Fact]
    public Task Configs_WithoutReflection_AreReadAndWritten() => TrimmedRun.PassesAsync(typeof(ConfigFileTests), typeof(ExportTests));
}
