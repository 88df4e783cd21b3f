namespace Clip.Benchmarks.Peers;

/// <summary>What all cases of a comparison share.</summary>
/// <param name="options">The command line.</param>
/// <param name="threads">Threads of both sides.</param>
internal sealed class PeerSetting(PeerOptions options, int threads) : IDisposable
{
    private TemporaryModel? _model;

    /// <summary>Turns of each side.</summary>
    public int Rounds => options.Rounds;

    /// <summary>Threads of both sides.</summary>
    public int Threads => threads;

    /// <summary>What the network's rates are measured against.</summary>
    public MatrixProductPeak Peak { get; } = new();

    /// <summary>A model's files, written when they are asked for the first time.</summary>
    public TemporaryModel Model => _model ??= new TemporaryModel();

    /// <summary>The path of a graph.</summary>
    public string FindGraph(string file) => options.FindGraph(file);

    /// <inheritdoc/>
    public void Dispose() => _model?.Dispose();
}
