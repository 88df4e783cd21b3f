using Clip.Runtime;

namespace Clip.Tests;

/// <summary>A loaded tiny model for a class of tests.</summary>
public sealed class TinyModel : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public TinyModel()
    {
        Folder = TinyClip.Write(_folder.Path);
        Clip = ClipModel.Load(Folder, new ClipModelOptions { Device = "cpu", Precision = Precision.Float32 });
    }

    public string Folder { get; }

    public ClipModel Clip { get; }

    public void Dispose()
    {
        Clip.Dispose();
        _folder.Dispose();
    }
}
