using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Clip.Preprocessing;
using Clip.ZeroShot;
using Microsoft.Extensions.Logging;

namespace Clip.DependencyInjection;

/// <summary>A zero-shot classifier of a container, built once, by whoever needs it first.</summary>
/// <remarks>
/// Thread-safe. Model and class embeddings are there after the first call or after the warm-up. Computing happens on threads of the
/// pool: the caller's thread is free while it awaits. The container disposes it.
/// </remarks>
public sealed class ImageClassifier : IDisposable, IAsyncDisposable
{
    private readonly ModelWorker _worker;
    private readonly Func<ClipModel, CancellationToken, ZeroShotClassifier> _create;
    private readonly ILogger _logger;
    private readonly SingleFlight<ZeroShotClassifier> _classifier;

    internal ImageClassifier(
        ClassifierRegistration registration, ModelWorker worker, Func<ClipModel, CancellationToken, ZeroShotClassifier> create, ILogger logger)
    {
        (Name, ModelKey, _worker, _create, _logger) = (registration.Name ?? "", registration.ModelKey, worker, create, logger);
        _classifier = new SingleFlight<ZeroShotClassifier>(BuildAsync, beforeDisposal: worker.Gate.CloseAsync);
    }

    /// <summary>The key it is registered with; empty where it has none.</summary>
    public string Name { get; }

    /// <summary>The key of its model; null for the one without.</summary>
    public string? ModelKey { get; }

    /// <summary>Why the last attempt to build it failed; null unless <see cref="State"/> is <see cref="LoadState.Failed"/>.</summary>
    public Exception? Failure => _classifier.Failure;

    /// <summary>Where its building stands, for readiness checks.</summary>
    public LoadState State => _classifier.State;

#pragma warning disable RS0026 // The overloads differ in one image or several, which are never left out.

    /// <summary>Classifies an image.</summary>
    /// <param name="image">The image.</param>
    /// <param name="top">How many classes to name, at least 1; the most probable come first.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="ImageDecodingException">The image cannot be read.</exception>
    /// <exception cref="ModelSourceException">The model cannot be loaded.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<IReadOnlyList<ClassPrediction>> ClassifyAsync(ImageSource image, int top = 5, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        return RunAsync(1, classifier => classifier.Classify(image, top), cancellationToken);
    }

    /// <summary>Classifies images, in batches.</summary>
    /// <param name="images">The images.</param>
    /// <param name="top">How many classes to name for each, at least 1; the most probable come first.</param>
    /// <param name="cancellationToken">Ends the work between batches.</param>
    /// <exception cref="ImageDecodingException">An image cannot be read.</exception>
    /// <exception cref="ModelSourceException">The model cannot be loaded.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<IReadOnlyList<ClassPrediction>[]> ClassifyAsync(
        IEnumerable<ImageSource> images, int top = 5, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        var list = images.ToList();
        return RunAsync(list.Count, classifier => classifier.Classify(list, top, progress: null, cancellationToken), cancellationToken);
    }

#pragma warning restore RS0026

    /// <summary>The classifier if it is built; builds nothing.</summary>
    /// <param name="classifier">The classifier, which belongs to the container, or null.</param>
    public bool TryGet([NotNullWhen(true)] out ZeroShotClassifier? classifier) => _classifier.TryGet(out classifier);

    /// <summary>The classifier, after loading its model and embedding its prompts if need be.</summary>
    /// <param name="cancellationToken">Ends the waiting of this caller; the others go on.</param>
    /// <returns>The classifier, which belongs to the container.</returns>
    /// <exception cref="ModelSourceException">The model cannot be loaded.</exception>
    /// <exception cref="OperationCanceledException">This caller stopped waiting.</exception>
    /// <exception cref="ObjectDisposedException">The container is disposed.</exception>
    public Task<ZeroShotClassifier> GetAsync(CancellationToken cancellationToken = default) => _classifier.GetAsync(cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _classifier.Dispose();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _classifier.DisposeAsync();

    /// <summary>The classifier for those who ask the container for it.</summary>
    internal ZeroShotClassifier GetNow(Func<ClipModel> getModel)
    {
        if (_classifier.TryGet(out var built))
            return built;
        var model = getModel();
        return _classifier.GetHere(() => Build(model, CancellationToken.None), () => new InvalidOperationException(
            $"The classifier '{Name}' is being built by another thread, which a container does not wait for. Call WarmUp(), or inject " +
            (Name.Length == 0 ? $"{nameof(ImageClassifier)}." : $"{nameof(ImageClassifier)} with key '{Name}'.")));
    }

    private async Task<T> RunAsync<T>(int items, Func<ZeroShotClassifier, T> work, CancellationToken cancellationToken)
    {
        var classifier = await _classifier.GetAsync(cancellationToken).ConfigureAwait(false);
        return await _worker.RunAsync(ClipTelemetry.ClassifyActivity, items, _ => work(classifier), cancellationToken).ConfigureAwait(false);
    }

    private async Task<ZeroShotClassifier> BuildAsync(CancellationToken cancellationToken)
    {
        var model = await _worker.Provider.GetAsync(cancellationToken).ConfigureAwait(false);
        return Build(model, cancellationToken);
    }

    private ZeroShotClassifier Build(ClipModel model, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            var classifier = _worker.Measure(ClipTelemetry.BuildClassifierActivity, items: null, () => _create(model, cancellationToken));
            ClipLog.ClassifierBuilt(_logger, Name, classifier.ClassNames.Count, _worker.ModelName, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            return classifier;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            ClipLog.ClassifierFailed(_logger, Name, _worker.ModelName, exception);
            throw;
        }
    }
}
