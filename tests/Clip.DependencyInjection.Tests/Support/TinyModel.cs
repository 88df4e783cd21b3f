using Clip.Runtime;

namespace Clip.DependencyInjection.Tests.Support;

/// <summary>The folder of a complete model that loads in a moment.</summary>
public sealed class TinyModel : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public TinyModel() => TinyClip.Write(_folder.Path);

    public string Folder => _folder.Path;

    /// <summary>Where it runs: on the CPU in float32, whatever else the machine has.</summary>
    public static ClipModelOptions Options { get; } = new() { Device = "cpu", Precision = Precision.Float32 };

    /// <summary>Loads it.</summary>
    public ClipModel Load() => ClipModel.Load(Folder, Options);

    public void Dispose() => _folder.Dispose();
}
