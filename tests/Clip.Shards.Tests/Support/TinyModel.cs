using Clip.Tokenization;

namespace Clip.Shards.Tests.Support;

/// <summary>A tiny model for all tests of the assembly.</summary>
public sealed class TinyModel : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public TinyModel() => Clip = Load(0);

    public ClipModel Clip { get; }

    /// <summary>Another model of the same sizes.</summary>
    public ClipModel Load(int seed) => ClipModel.Load(
        TinyClip.Write(Path.Combine(_folder.Path, $"model{seed}"), seed),
        new ClipModelOptions { Device = "cpu", BatchSize = 4, TextOverflow = TokenOverflow.Truncate });

    public void Dispose()
    {
        Clip.Dispose();
        _folder.Dispose();
    }
}
