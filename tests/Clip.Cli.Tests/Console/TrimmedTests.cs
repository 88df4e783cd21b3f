using Clip.Cli.Tests.Commands;

namespace Clip.Cli.Tests.Console;

/// <summary>JSON of the tool and of its search index, with a serializer that has no reflection.</summary>
public sealed class TrimmedTests
{
    [Fact]
    public Task ResultsAndIndex_WithoutReflection_AreReadAndWritten() =>
        TrimmedRun.PassesAsync(typeof(JsonFieldsTests), typeof(SearchCommandTests), typeof(ClassifyCommandTests), typeof(InspectCommandTests));
}
