using System.Text.Json;

namespace Clip.Checkpoints.Tests;

/// <summary>Every file of tests/Fixtures/hostile loads or is refused as its manifest says, and never does anything else.</summary>
[NoTensorLeaks]
public sealed class HostileFilesTests
{
    // A bomb may cost what the limits on names and values allow, which is far from what it claims.
    private const long MostAllocatedBytes = 150_000_000;

    public static TheoryData<string, string> Cases()
    {
        var cases = new TheoryData<string, string>();
        using var manifest = JsonDocument.Parse(File.ReadAllBytes(Fixtures.Find("hostile", "manifest.json")));
        foreach (var row in manifest.RootElement.EnumerateArray().Where(row => row.GetProperty("expect").GetString() != ""))
            cases.Add(row.GetProperty("file").GetString()!, row.GetProperty("expect").GetString()!);
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Open_HostileFile_FollowsTheManifest(string file, string expect)
    {
        // Whether a state dict fits a model is not this package's question.
        var mustLoad = expect.StartsWith("load", StringComparison.Ordinal) && !expect.Contains("reject", StringComparison.Ordinal);
        var mustReject = expect.StartsWith("reject", StringComparison.Ordinal) && !expect.Contains("load", StringComparison.Ordinal)
            && !file.StartsWith("state_dict/", StringComparison.Ordinal);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Record.Exception(() => ReadEverything(Fixtures.Find(["hostile", .. file.Split('/')])));
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        if (error is not null)
        {
            var rejection = Assert.IsType<CheckpointException>(error);
            Assert.Contains(rejection.CheckpointPath, rejection.Message, StringComparison.Ordinal);
            Assert.False(mustLoad, rejection.Message);
        }
        else
        {
            Assert.False(mustReject, "The file was loaded.");
        }
        Assert.InRange(allocated, 0, MostAllocatedBytes);
        Assert.Empty(Directory.GetFiles("/tmp", "PWNED_*"));
    }

    [Fact]
    public void Open_BadChecksum_IsRejectedWhenTheTensorIsRead()
    {
        using var checkpoint = Checkpoint.Open(Fixtures.Find("hostile", "zip", "bad_crc.pt"));

        var error = Assert.Throws<CheckpointException>(() => checkpoint.ReadTensor("a.weight"));

        Assert.Contains("CRC-32", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("control_good_zip.pt")]
    [InlineData("control_good_legacy.pt")]
    public void ReadTensor_HandAssembledControl_GivesItsValues(string file)
    {
        using var checkpoint = Checkpoint.Open(Fixtures.Find("hostile", "pickle", file));
        using var weight = checkpoint.ReadTensor("a.weight");
        using var expected = tensor(new float[,] { { 1, 2 }, { 3, 4 } });

        TensorAssert.BitEqual(expected, weight);
    }

    [Theory]
    [InlineData("os_system.pt", "os.system", "byte")]
    [InlineData("hidden_in_key.pt", "os.system", "byte")]
    [InlineData("numpy_runstring.pt", "numpy.testing._private.utils.runstring", "plain dtypes")]
    [InlineData("dotted_name.pt", "not allowed", "byte")]
    public void Open_ForbiddenName_IsNamedWithItsPlace(string file, string name, string more)
    {
        var error = Assert.Throws<CheckpointException>(() => Checkpoint.Open(Fixtures.Find("hostile", "pickle", file)));

        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.Contains(more, error.Message, StringComparison.Ordinal);
    }

    private static void ReadEverything(string path)
    {
        using var checkpoint = Checkpoint.Open(path);
        foreach (var name in checkpoint.Tensors.Keys)
            checkpoint.ReadTensor(name).Dispose();
    }
}
