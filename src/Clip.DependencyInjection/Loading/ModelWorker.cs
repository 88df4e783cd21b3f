using System.Diagnostics;

namespace Clip.DependencyInjection;

/// <summary>Runs work on a model: loaded first, off the caller's thread, in its turn, measured.</summary>
internal sealed class ModelWorker(string modelName, IClipModelProvider provider, ComputeGate gate, ClipInstruments instruments)
{
    /// <summary>The model as the options name it.</summary>
    public string ModelName => modelName;

    public IClipModelProvider Provider => provider;

    public ComputeGate Gate => gate;

    public static ModelWorker Of(ClipModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new ModelWorker(model.Card.Source, new FixedModelProvider(model), new ComputeGate(Environment.ProcessorCount), ClipInstruments.Shared);
    }

    /// <summary>Runs work.</summary>
    /// <param name="operation">The name of its activity.</param>
    /// <param name="items">The number of images or texts.</param>
    /// <param name="work">Gets the model.</param>
    /// <param name="cancellationToken">Ends the waiting; the work watches it itself.</param>
    public async Task<T> RunAsync<T>(string operation, int items, Func<ClipModel, T> work, CancellationToken cancellationToken)
    {
        var model = await provider.GetAsync(cancellationToken).ConfigureAwait(false);
        var queued = Stopwatch.GetTimestamp();
        return await gate.RunAsync(
            () =>
            {
                instruments.RecordQueue(modelName, Stopwatch.GetElapsedTime(queued));
                return Measure(operation, items, () => work(model));
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs work on this thread, measured.</summary>
    /// <param name="operation">The name of its activity.</param>
    /// <param name="items">The number of images or texts, or null where that is not counted.</param>
    /// <param name="work">The work.</param>
    public T Measure<T>(string operation, int? items, Func<T> work)
    {
        using var activity = ClipInstruments.StartActivity(operation, modelName, items);
        var start = Stopwatch.GetTimestamp();
        try
        {
            var result = work();
            (provider as ClipModelProvider)?.MarkEmbedding();
            instruments.RecordOperation(operation, modelName, items, Stopwatch.GetElapsedTime(start), error: null);
            activity?.SetStatus(ActivityStatusCode.Ok);
            return result;
        }
        catch (Exception exception)
        {
            instruments.RecordOperation(operation, modelName, items, Stopwatch.GetElapsedTime(start), exception);
            ClipInstruments.Fail(activity, exception);
            throw;
        }
    }
}
