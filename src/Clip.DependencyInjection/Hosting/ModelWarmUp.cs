using Clip.Models;
using Clip.Preprocessing;
using Microsoft.Extensions.Logging;

namespace Clip.DependencyInjection;

/// <summary>Brings a model to where it answers its first caller as fast as the others.</summary>
internal sealed class ModelWarmUp(ModelWorker worker, IReadOnlyList<ImageClassifier> classifiers, ILogger logger)
{
    // Any image does: it is resized to what the network takes.
    private const int Side = 32;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var model = await worker.Provider.GetAsync(cancellationToken).ConfigureAwait(false);
        // The first pass chooses kernels and allocates buffers; a device that cannot compute shows itself here.
        await Task.Run(() => Pass(model), cancellationToken).ConfigureAwait(false);
        foreach (var classifier in classifiers)
            await classifier.GetAsync(cancellationToken).ConfigureAwait(false);
        ClipLog.Warm(logger, worker.ModelName);
    }

    private static void Pass(ClipModel model)
    {
        if (model.Towers.HasFlag(Towers.Image))
            _ = model.EmbedImage(ImageSource.FromPixels(new byte[Side * Side * 3], Side, Side, name: "(warm-up)"));
        if (model.HasTokenizer)
            _ = model.EmbedText("a photo");
    }
}
