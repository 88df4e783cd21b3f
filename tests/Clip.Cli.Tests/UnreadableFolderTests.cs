using System.Diagnostics;
using Clip.Cli.Tests.Support;

namespace Clip.Cli.Tests;

/// <summary>Folders that may not be read, such as lost+found on a disk: what else is there is done.</summary>
public sealed class UnreadableFolderTests : IDisposable
{
    // Who "nobody" is on Linux. Whoever runs the tests as root may read everything, and lends the tool another user.
    private static readonly string[] AsNobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "env", "HOME=/nonexistent"];

    private readonly TinyModel _model;
    private readonly TemporaryFolder _folder = new();

    public UnreadableFolderTests(TinyModel model)
    {
        _model = model;
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such modes.");
        foreach (var path in (string[])["labels/cat/a.png", "labels/dog/b.png"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder.File(path))!);
            File.Copy(Images.Png, _folder.File(path));
        }
        Directory.CreateDirectory(_folder.File("out"));
        Open(_folder.Path);
        Open(_folder.File("out"));
        Open(_folder.File("labels"));
        SetMode(Locked, UnixFileMode.None);
    }

    private string Locked => _folder.File("labels/dog");

    public void Dispose()
    {
        Open(Locked);
        _folder.Dispose();
    }

    [Theory]
    [InlineData("preprocess", "--size", "16", "--keys", "path", "--output", "OUT/o.safetensors", "FOLDER")]
    [InlineData("preprocess", "--size", "16", "--keys", "path", "--output", "OUT/o.safetensors", "FOLDER/**/*.png")]
    [InlineData("embed", "--model", "MODEL", "--device", "cpu", "--images", "FOLDER", "--output", "OUT/o.safetensors")]
    [InlineData("classify", "--model", "MODEL", "--device", "cpu", "--labels", "a,b", "FOLDER")]
    [InlineData("search", "--model", "MODEL", "--device", "cpu", "--text", "a", "--images", "FOLDER", "--index", "OUT/i.safetensors")]
    [InlineData("evaluate", "--model", "MODEL", "--device", "cpu", "--images", "FOLDER")]
    [InlineData("train", "--init", "MODEL", "--device", "cpu", "--steps", "1", "--batch-size", "1", "--data", "FOLDER", "--output", "OUT/run")]
    public async Task Run_OneOfTheFolders_IsToldAndTheOthersAreDone(params string[] arguments)
    {
        var model = _folder.File("model");
        Directory.CreateDirectory(model);
        foreach (var file in Directory.GetFiles(_model.Folder))
            File.Copy(file, Path.Combine(model, Path.GetFileName(file)));
        Open(model);
        string[] given = [.. arguments.Select(argument => argument.Replace("MODEL", model).Replace("OUT", _folder.File("out")).Replace("FOLDER", _folder.File("labels")))];

        using var tool = await StartAsync(given);
        var run = (await tool.EndAsync()).Returned(ExitCodes.SomeLeftOut);

        Assert.StartsWith($"clip: The folder '{Locked}' is left out", Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
        Assert.NotEmpty(run.Output);
    }

    private static void Open(string folder) => SetMode(folder, (UnixFileMode)0x1FF);

    private static void SetMode(string folder, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder, mode);
    }

    private static async Task<ToolProcess> StartAsync(string[] arguments)
    {
        if (!Environment.IsPrivilegedProcess)
            return ToolProcess.StartBy(["env"], arguments);
        if (!await SucceedsAsync([.. AsNobody, "test", "-r", typeof(ClipTool).Assembly.Location]))
            Assert.Skip("The tests run as root, and there is no setpriv, or another user may not read the tool.");
        return ToolProcess.StartBy(AsNobody, arguments);
    }

    private static async Task<bool> SucceedsAsync(string[] command)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true })!;
            await process.WaitForEndAsync();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
