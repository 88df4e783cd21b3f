using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Clip.DependencyInjection;

/// <summary>Loads the model of one registration once, and disposes it with the container.</summary>
internal sealed class ClipModelProvider : IClipModelProvider, IDisposable, IAsyncDisposable
{
    private readonly string? _key;
    private readonly IOptionsMonitor<ClipOptions> _options;
    private readonly IModelLoader _loader;
    private readonly ClipInstruments _instruments;
    private readonly ILogger _logger;
    private readonly SingleFlight<ClipModel> _model;
    private long _lastEmbedding;        // UTC ticks; 0 for none

    public ClipModelProvider(
        string? key, IOptionsMonitor<ClipOptions> options, IModelLoader loader, ComputeGate gate, ClipInstruments instruments, ILogger logger)
    {
        (_key, _options, _loader, _instruments, _logger) = (key, options, loader, instruments, logger);
        _model = new SingleFlight<ClipModel>(LoadAsync, beforeDisposal: gate.CloseAsync);
    }

    public LoadState State => _model.State;

    public Exception? Failure => _model.Failure;

    public DateTimeOffset? LastEmbedding =>
        Interlocked.Read(ref _lastEmbedding) is > 0 and var ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>Says that the model has embedded something.</summary>
    public void MarkEmbedding() => Interlocked.Exchange(ref _lastEmbedding, DateTimeOffset.UtcNow.Ticks);

    public bool TryGet([NotNullWhen(true)] out ClipModel? model) => _model.TryGet(out model);

    public Task<ClipModel> GetAsync(CancellationToken cancellationToken = default) => _model.GetAsync(cancellationToken);

    /// <summary>The model for those who ask the container for it: loaded already, or loaded here from files of this machine.</summary>
    /// <exception cref="InvalidOperationException">It would have to be downloaded, or another thread is loading it.</exception>
    public ClipModel GetNow()
    {
        if (_model.TryGet(out var model))
            return model;
        var options = Options;
        var modelOptions = options.ToModelOptions();
        if (!Path.Exists(options.Model) && modelOptions.Hub.Offline is not true)
            throw NotNow("is not loaded, and loading it may download");
        return _model.GetHere(() => Load(options, () => _loader.LoadLocal(options.Model, modelOptions)), () => NotNow("is being loaded by another thread"));
    }

    public void Dispose() => _model.Dispose();

    public ValueTask DisposeAsync() => _model.DisposeAsync();

    private ClipOptions Options => _options.Get(_key ?? Microsoft.Extensions.Options.Options.DefaultName);

    private async Task<ClipModel> LoadAsync(CancellationToken cancellationToken)
    {
        var options = Options;
        using var activity = BeginLoad(options.Model, out var start);
        try
        {
            var progress = new LoadProgressLog(_logger, options.Model);
            var model = await _loader.LoadAsync(options.Model, options.ToModelOptions(), progress, cancellationToken).ConfigureAwait(false);
            EndLoad(options.Model, model, activity, start);
            return model;
        }
        catch (Exception exception)
        {
            FailLoad(options.Model, exception, activity, start);
            throw;
        }
    }

    private ClipModel Load(ClipOptions options, Func<ClipModel> load)
    {
        using var activity = BeginLoad(options.Model, out var start);
        try
        {
            var model = load();
            EndLoad(options.Model, model, activity, start);
            return model;
        }
        catch (Exception exception)
        {
            FailLoad(options.Model, exception, activity, start);
            throw;
        }
    }

    private Activity? BeginLoad(string name, out long start)
    {
        ClipLog.LoadStarted(_logger, name);
        start = Stopwatch.GetTimestamp();
        return ClipInstruments.StartActivity(ClipTelemetry.LoadActivity, name);
    }

    private void EndLoad(string name, ClipModel model, Activity? activity, long start)
    {
        var elapsed = Stopwatch.GetElapsedTime(start);
        _instruments.RecordLoad(name, elapsed, error: null);
        activity?.SetStatus(ActivityStatusCode.Ok);
        ClipLog.LoadFinished(_logger, name, elapsed.TotalMilliseconds, model.Target, model.EmbeddingSize);
    }

    private void FailLoad(string name, Exception exception, Activity? activity, long start)
    {
        _instruments.RecordLoad(name, Stopwatch.GetElapsedTime(start), exception);
        ClipInstruments.Fail(activity, exception);
        if (exception is OperationCanceledException)
            ClipLog.LoadCancelled(_logger, name);
        else
            ClipLog.LoadFailed(_logger, name, exception);
    }

    private InvalidOperationException NotNow(string problem)
    {
        var provider = _key is null ? nameof(IClipModelProvider) : $"{nameof(IClipModelProvider)} with key '{_key}'";
        return new InvalidOperationException(
            $"The model '{Options.Model}' {problem}, which a container does not wait for. Call WarmUp() after AddClip(...), so that the " +
            $"model is there when the application has started, or inject {provider} and await GetAsync().");
    }
}
