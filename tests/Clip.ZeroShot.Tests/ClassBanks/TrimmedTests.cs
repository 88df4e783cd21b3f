namespace Clip.ZeroShot.Tests.ClassBanks;

/// <summary>JSON in applications that are trimmed, whose serializer has no reflection.</summary>
public sealed class TrimmedTests
{
    [Fact]
    public Task ClassBanks_WithoutReflection_AreReadAndWritten() => TrimmedRun.PassesAsync(typeof(ClassBankFileTests));
}
