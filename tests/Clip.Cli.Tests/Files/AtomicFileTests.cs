using Clip.Shared;

namespace Clip.Cli.Tests.Files;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Target => _folder.File("file.bin");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Commit_WholeFile_ReplacesTheOldOne()
    {
        File.WriteAllText(Target, "old");

        AtomicFile.WriteText(Target, "new é");

        Assert.Equal("new é"u8.ToArray(), File.ReadAllBytes(Target));
        Assert.Equal(["file.bin"], _folder.Names);
    }

    [Fact]
    public void Commit_UntilThen_OldFileIsSeen()
    {
        File.WriteAllText(Target, "old");
        using var file = new AtomicFile(Target, length: 3);

        file.Stream.Write("new"u8);
        file.Complete();
        Assert.Equal("old", File.ReadAllText(Target));
        file.Commit();

        Assert.Equal("new", File.ReadAllText(Target));
    }

    // A disk fills up while bytes are written, when they are flushed, or when closing writes what the buffer still holds.
    [Theory]
    [InlineData(FailsAt.Write)]
    [InlineData(FailsAt.Flush)]
    [InlineData(FailsAt.Close)]
    public void Write_DiskFull_LeavesTheOldFileAlone(FailsAt when)
    {
        File.WriteAllText(Target, "old");

        var error = Assert.Throws<IOException>(() =>
        {
            using var file = new AtomicFile(Target, path => new FullDisk(path, when));
            file.Stream.Write(new byte[10]);
            if (when == FailsAt.Close)
                throw new IOException("No space left on device");
            file.Commit();
        });

        Assert.Contains("No space", error.Message);
        Assert.Equal("old", File.ReadAllText(Target));
        Assert.Equal(["file.bin"], _folder.Names);
    }

    [Fact]
    public void Create_Fails_LeavesNothing()
    {
        Assert.Throws<IOException>(() => new AtomicFile(Target, path =>
        {
            File.WriteAllText(path, "begun");
            throw new IOException("No space left on device");
        }));

        Assert.Empty(_folder.Names);
    }

    [Fact]
    public void Replace_MakingFails_LeavesTheOldFileAlone()
    {
        File.WriteAllText(Target, "old");

        Assert.Throws<IOException>(() => AtomicFile.Replace(Target, path =>
        {
            File.WriteAllText(path, "begun");
            throw new IOException("No space left on device");
        }));

        Assert.Equal("old", File.ReadAllText(Target));
        Assert.Equal(["file.bin"], _folder.Names);
    }

    public enum FailsAt
    {
        Write,
        Flush,
        Close,
    }

    private sealed class FullDisk(string path, FailsAt when) : FileStream(path, FileMode.CreateNew)
    {
        public override void Write(byte[] buffer, int offset, int count)
        {
            Fail(FailsAt.Write);
            base.Write(buffer, offset, count);
        }

        public override void Flush(bool flushToDisk)
        {
            Fail(FailsAt.Flush);
            base.Flush(flushToDisk);
        }

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            if (disposing)
                throw new IOException("No space left on device");
        }

        private void Fail(FailsAt at)
        {
            if (at == when)
                throw new IOException("No space left on device");
        }
    }
}
