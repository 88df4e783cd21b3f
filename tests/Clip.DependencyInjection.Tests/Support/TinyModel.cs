namespace Clip.DependencyInjection.Tests.Support;

/// <summary>The folder of a complete model that loads in a moment.</summary>
public sealed class TinyModel : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public TinyModel() => TinyClip.Write(_folder.Path);

    public string Folder => _folder.Path;

    public void Dispose() => _folder.Dispose();
}
