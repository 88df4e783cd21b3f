namespace Clip.DependencyInjection.Tests.Support;

/// <summary>A temporary current folder with a model in "model" and an image "photo.jpg".</summary>
public sealed class WorkingFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _previous = Directory.GetCurrentDirectory();

    public WorkingFolder(TinyModel tiny)
    {
        var model = Directory.CreateDirectory(_folder.File("model"));
        foreach (var file in Directory.GetFiles(tiny.Folder))
            File.Copy(file, Path.Combine(model.FullName, Path.GetFileName(file)));
        File.WriteAllBytes(_folder.File("photo.jpg"), Image.Striped(1));
        Directory.SetCurrentDirectory(_folder.Path);
    }

    public void Dispose()
    {
        Directory.SetCurrentDirectory(_previous);
        _folder.Dispose();
    }
}
