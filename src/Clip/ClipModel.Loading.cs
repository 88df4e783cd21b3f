using Clip.Hub;
using Clip.Models;
using Clip.Runtime;
using Clip.Tokenization;

namespace Clip;

public sealed partial class ClipModel
{
    /// <summary>The names of OpenAI's nine models, as <see cref="Load"/> takes them.</summary>
    public static IReadOnlyList<string> AvailableModels { get; } = [.. OpenAIModel.All.Select(model => model.Name)];

    /// <summary>The published models that <see cref="Load"/> takes by name.</summary>
    /// <param name="filter">Words that the name with its tag, the repository or the license must all have in it; null for all models.</param>
    /// <returns>The models in the order of open_clip's table: those of one architecture follow each other.</returns>
    public static IReadOnlyList<KnownModel> List(string? filter = null) => ModelCatalog.Filter(filter);

    /// <summary>Loads a model; one of the Hub is downloaded where it is not on this machine yet.</summary>
    /// <param name="source">
    /// A name that <see cref="List"/> has, with its tag or the beginning of its tag ("ViT-B-16/datacomp_xl") or without ("MobileCLIP2-S0", "ViT-B/32"),
    /// which means OpenAI's weights where there are such and else the most accurate that are free to use; a repository of the Hugging Face Hub such as <c>openai/clip-vit-base-patch32</c>,
    /// <c>hf-hub:org/name</c> or <c>org/name@revision</c>; a folder in open_clip's or Hugging Face's layout; or a file of weights
    /// (<c>.safetensors</c>, <c>.pt</c>, <c>.bin</c>). A file that is neither one of OpenAI's nine nor beside its config needs options
    /// that say what weights do not.
    /// </param>
    /// <param name="options">Device, precision, and what the files do not say; null for the defaults.</param>
    /// <returns>The model; the caller disposes it.</returns>
    /// <exception cref="ModelSourceException">The source names no model, or does not say enough; the message has the remedy.</exception>
    /// <exception cref="FileNotFoundException">There is neither a file nor a folder at the path.</exception>
    /// <exception cref="HubException">The Hub cannot be reached, refuses, or sends wrong bytes.</exception>
    /// <exception cref="Checkpoints.CheckpointException">A file is broken or unsupported.</exception>
    /// <exception cref="CheckpointMismatchException">The weights are not those of the architecture; nothing was loaded.</exception>
    /// <exception cref="InvalidDataException">The preprocessing config is broken or unsupported.</exception>
    /// <exception cref="Tokenization.VocabularyException">The vocabulary is broken or unsupported.</exception>
    /// <exception cref="ComputeTargetException">The machine lacks the device, or the device cannot serve the precision.</exception>
    /// <exception cref="NotSupportedException">The model cannot be quantized as asked for, here or at all.</exception>
    /// <exception cref="ArgumentException">The options contradict each other or the model.</exception>
    public static ClipModel Load(string source, ClipModelOptions? options = null)
    {
        options = Valid(options);
        var model = ModelLocator.TryFindLocal(source)
            ?? Task.Run(() => HubModel.DownloadAsync(source, options.Hub, null, CancellationToken.None)).GetAwaiter().GetResult();
        return LoadLocal(model, options, progress: null, CancellationToken.None);
    }

    /// <inheritdoc cref="Load" path="/summary | /remarks | /returns | /exception"/>
    /// <param name="source">A known name, a repository of the Hub, a folder or a file, as <see cref="Load"/> takes them.</param>
    /// <param name="options">Device, precision, and what the files do not say; null for the defaults.</param>
    /// <param name="progress">Told what the load is doing and how much of each file has come.</param>
    /// <param name="cancellationToken">Ends the download and the load; what has come is kept and continued from next time.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<ClipModel> LoadAsync(
        string source, ClipModelOptions? options = null, IProgress<LoadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        options = Valid(options);
        var model = ModelLocator.TryFindLocal(source)
            ?? await HubModel.DownloadAsync(source, options.Hub, progress, cancellationToken).ConfigureAwait(false);
        progress?.Report(new LoadProgress(LoadStage.Reading, model.Path));
        var clip = await Task.Run(() => LoadLocal(model, options, progress, cancellationToken), cancellationToken).ConfigureAwait(false);
        progress?.Report(new LoadProgress(LoadStage.Done, model.Path));
        return clip;
    }

    /// <summary>Brings a model of the Hub to this machine without loading it, so that later loads need no network.</summary>
    /// <param name="source">A name that <see cref="List"/> has or a repository of the Hub; a folder or a file is left where it is.</param>
    /// <param name="hub">How the Hub and its cache are used; null for what its environment variables say.</param>
    /// <param name="progress">Told how much of each file has come.</param>
    /// <param name="cancellationToken">Ends the download; what has come is kept and continued from next time.</param>
    /// <returns>The folder or file the model can be loaded from.</returns>
    /// <exception cref="ModelSourceException">The source names no model.</exception>
    /// <exception cref="FileNotFoundException">There is neither a file nor a folder at the path.</exception>
    /// <exception cref="HubException">The Hub cannot be reached, refuses, or sends wrong bytes.</exception>
    public static async Task<string> DownloadAsync(
        string source, HubOptions? hub = null, IProgress<LoadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var model = ModelLocator.TryFindLocal(source)
            ?? await HubModel.DownloadAsync(source, hub ?? new HubOptions(), progress, cancellationToken).ConfigureAwait(false);
        return model.Path;
    }

    private static IDualEncoder LoadNetwork(CardBuilder builder, ComputeTarget target, ClipModelOptions options, IProgress<WeightProgress>? progress)
    {
        var load = builder.LoadOptions with { Target = target, Progress = progress, Towers = options.Towers };
        return options.KeepPlainWeights
            ? DualEncoder.Load(builder.LoadPath, load)
            : DualEncoder.LoadForInference(builder.LoadPath, load, options.Quantization);
    }

    private sealed class ReadingProgress(IProgress<LoadProgress> target, string path) : IProgress<WeightProgress>
    {
        public void Report(WeightProgress value) => target.Report(new LoadProgress(LoadStage.Reading, path, value.BytesRead, value.TotalBytes));
    }

    private static ClipModelOptions Valid(ClipModelOptions? options)
    {
        options ??= new ClipModelOptions();
        options.Validate();
        return options;
    }

    private static ClipModel LoadLocal(LocalModel model, ClipModelOptions options, IProgress<LoadProgress>? progress, CancellationToken cancellationToken)
    {
        var precision = options is { Quantization: not WeightQuantization.None, Precision: Precision.Auto } ? Precision.Float32 : options.Precision;
        var (builder, vocabulary) = ReadWhileLibrariesLoad(model, options, cancellationToken);
        var target = ComputeTarget.Resolve(options.Device, precision);
        cancellationToken.ThrowIfCancellationRequested();
        var network = LoadNetwork(builder, target, options, progress is null ? null : new ReadingProgress(progress, model.Path));
        try
        {
            var card = builder.Build(network.Config);
            var (tokenizer, problem) = vocabulary ?? LoadVocabulary(builder, network.Config, options);
            card = card with
            {
                TokenizerProblem = problem,
                VocabularyPath = tokenizer is null ? null : Path.GetFullPath(options.Vocabulary ?? Path.GetDirectoryName(card.WeightsPath)!),
            };
            return new ClipModel(network, card, tokenizer, target, options);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    // libtorch takes longer to load than the files beside the weights take to read. It is waited for whatever they hold: no process ends well meanwhile.
    private static (CardBuilder Builder, LoadedVocabulary? Vocabulary) ReadWhileLibrariesLoad(LocalModel model, ClipModelOptions options, CancellationToken cancellationToken)
    {
        var libraries = Task.Run(TorchLibraries.EnsureLoaded, CancellationToken.None);
        try
        {
            var builder = new CardBuilder(model, options, cancellationToken);
            return (builder, builder.Config is { } stated ? LoadVocabulary(builder, stated, options) : null);
        }
        finally
        {
            libraries.GetAwaiter().GetResult();
        }
    }

    private static LoadedVocabulary LoadVocabulary(CardBuilder builder, DualEncoderConfig config, ClipModelOptions options)
    {
        if (!options.Towers.HasFlag(Towers.Text))
            return new LoadedVocabulary(null, $"It was loaded without its text tower; {nameof(ClipModelOptions)}.{nameof(ClipModelOptions.Towers)} says which are loaded.");
        var tokenizer = new TokenizerFinder(builder, config.Text, options).TryLoad(out var problem);
        return new LoadedVocabulary(tokenizer, problem);
    }

    private sealed record LoadedVocabulary(ContextTokenizer? Tokenizer, string? Problem);
}
