namespace Clip.Cli.Tests.Support;

/// <summary>The folder of a complete tiny model, and images beside it, for all tests of the assembly.</summary>
public sealed class TinyModel : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public TinyModel()
    {
        Folder = TinyClip.Write(Path.Combine(_folder.Path, "model"));
        Clip = ClipModel.Load(Folder, new ClipModelOptions { Device = "cpu" });
    }

    /// <summary>Its folder.</summary>
    public string Folder { get; }

    /// <summary>The same model through the library.</summary>
    public ClipModel Clip { get; }

    public void Dispose()
    {
        Clip.Dispose();
        _folder.Dispose();
    }
}
