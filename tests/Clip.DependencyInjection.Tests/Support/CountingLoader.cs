namespace Clip.DependencyInjection.Tests.Support;

/// <summary>A source of models that counts how it is used, and whose downloads take as long as a test wants.</summary>
/// <param name="folder">The model it gives for every name.</param>
internal sealed class CountingLoader(string folder) : IModelLoader
{
    private int _downloads;
    private int _localLoads;

    /// <summary>What downloads wait for; completed unless a test says otherwise.</summary>
    public TaskCompletionSource Gate { get; set; } = CreateOpen();

    /// <summary>Makes the exception of the next downloads; null where they succeed.</summary>
    public Func<Exception>? Failure { get; set; }

    public int Downloads => _downloads;

    public int LocalLoads => _localLoads;

    /// <summary>Names and options of the downloads, in their order.</summary>
    public List<(string Source, ClipModelOptions Options)> Requests { get; } = [];

    public async Task<ClipModel> LoadAsync(string source, ClipModelOptions options, IProgress<LoadProgress> progress, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _downloads);
        lock (Requests)
            Requests.Add((source, options));
        progress.Report(new LoadProgress(LoadStage.Downloading, "weights.bin", 0, 1000));
        await Gate.Task.WaitAsync(cancellationToken);
        if (Failure is { } failure)
            throw failure();
        for (var received = 1L; received <= 1000; received++)
            progress.Report(new LoadProgress(LoadStage.Downloading, "weights.bin", received, 1000));
        return Load(options);
    }

    public ClipModel LoadLocal(string source, ClipModelOptions options)
    {
        Interlocked.Increment(ref _localLoads);
        return Load(options);
    }

    // The machine's own choice would be another device on another machine.
    private ClipModel Load(ClipModelOptions options) =>
        ClipModel.Load(folder, options with { Device = TinyModel.Options.Device, Precision = TinyModel.Options.Precision });

    private static TaskCompletionSource CreateOpen()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
    }
}
