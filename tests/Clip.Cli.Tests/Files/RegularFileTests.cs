using System.Net.Sockets;
using Clip.Shared;

namespace Clip.Cli.Tests.Files;

public sealed class RegularFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void FindProblem_FilesFoldersAndNothing_AreFine()
    {
        var file = _folder.Write("file", [1]);

        Assert.All([file, _folder.Path, _folder.File("missing"), "", "a\0b"], path => Assert.Null(RegularFile.FindProblem(path)));
        Assert.Equal([1], RegularFile.ReadAllBytes(file));
    }

    [Fact]
    public void FindProblem_PipeAndLinkToIt_AreNamed()
    {
        var pipe = NamedPipe.Create(_folder.File("pipe"));
        File.CreateSymbolicLink(_folder.File("link"), pipe);

        Assert.All([pipe, _folder.File("link")], path => Assert.Contains("named pipe", RegularFile.FindProblem(path)));
        Assert.Contains(pipe, Assert.Throws<IOException>(() => RegularFile.OpenRead(pipe)).Message);
        Assert.Throws<IOException>(() => RegularFile.ReadAllBytes(pipe));
    }

    [Fact]
    public void FindProblem_DeviceAndSocket_AreNamed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has none among its files.");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(_folder.File("socket")));

        Assert.Contains("device", RegularFile.FindProblem("/dev/zero"));
        Assert.Contains("socket", RegularFile.FindProblem(_folder.File("socket")));
    }
}
