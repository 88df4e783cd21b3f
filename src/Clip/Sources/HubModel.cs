using Clip.Checkpoints;
using Clip.Hub;
using Clip.Models;

namespace Clip;

/// <summary>A model in a repository of the Hub: brings the files that are needed, and no others.</summary>
internal sealed class HubModel(HubSnapshot snapshot, bool isOffline, IProgress<LoadProgress>? progress, CancellationToken cancellationToken)
{
    private const string ShardIndexSuffix = ".index.json";
    private const string HuggingFaceConfig = "config.json";

    // One of these sets is enough; repositories often have several.
    private static readonly string[][] Vocabularies =
        [["vocab.json", "merges.txt"], ["vocab.txt"], ["spiece.model"], ["sentencepiece.bpe.model"], ["tokenizer.model"], ["tokenizer.json"], ["r50k_base.tiktoken"]];

    // What a vocabulary leaves open: case, accents, special tokens. Small files.
    private static readonly string[] TokenizerSettings = ["tokenizer_config.json", "special_tokens_map.json"];

    /// <summary>Brings a model's files to this machine.</summary>
    /// <param name="source">What the caller asked for.</param>
    /// <param name="options">How the Hub is used.</param>
    /// <param name="progress">Told about every file.</param>
    /// <param name="cancellationToken">Ends the download; what has come is kept and continued from.</param>
    /// <exception cref="ModelSourceException">The source names no model, or the repository has no weights that can be read.</exception>
    /// <exception cref="HubException">The Hub cannot be reached, refuses, or sends wrong bytes.</exception>
    public static async Task<LocalModel> DownloadAsync(
        string source, HubOptions options, IProgress<LoadProgress>? progress, CancellationToken cancellationToken)
    {
        var (repository, known) = ModelLocator.FindRepository(source);
        progress?.Report(new LoadProgress(LoadStage.Resolving));
        using var client = new HubClient(options);
        var snapshot = await client.OpenAsync(repository, cancellationToken).ConfigureAwait(false);
        var path = await new HubModel(snapshot, client.IsOffline, progress, cancellationToken)
            .DownloadAsync(source, BareNames(known, repository.Id)).ConfigureAwait(false);
        return new LocalModel(source, path, snapshot.Commit, known);
    }

    // The folder; or the weights, where their config is the catalog's.
    private async Task<string> DownloadAsync(string source, IReadOnlyList<string> bareNames)
    {
        foreach (var (config, weights) in CheckpointFolder.KnownNames)
        {
            var hasConfig = await TryAsync(config).ConfigureAwait(false) is not null;
            if (hasConfig && await TryWeightsAsync(weights).ConfigureAwait(false) is not null)
            {
                await DownloadCompanionsAsync(isHuggingFace: config == HuggingFaceConfig).ConfigureAwait(false);
                return snapshot.SnapshotFolder;
            }
            // What a repository without open_clip's config calls config.json need not be one of these weights.
            if (config != HuggingFaceConfig && await TryWeightsAsync(bareNames).ConfigureAwait(false) is { } file)
            {
                await DownloadCompanionsAsync(isHuggingFace: false).ConfigureAwait(false);
                return file;
            }
        }
        throw Incomplete(source);
    }

    // Weights that need no config beside them, since the catalog has it; open_clip prefers a safetensors file of the same name (pretrained.py).
    private static IReadOnlyList<string> BareNames(KnownModel? known, string repository) => known switch
    {
        null => [],
        _ when known.Repository.Equals(repository, StringComparison.OrdinalIgnoreCase) =>
            known.File is null ? CheckpointFolder.KnownNames[0].Weights : [Path.ChangeExtension(known.File, ".safetensors"), known.File],
        { AlsoAtFile: { } file } => [file],
        _ => [],
    };

    private async Task<string?> TryWeightsAsync(IReadOnlyList<string> names)
    {
        foreach (var name in names)
        {
            if (await TryAsync(name).ConfigureAwait(false) is not { } path)
                continue;
            if (name.EndsWith(ShardIndexSuffix, StringComparison.Ordinal))
                await DownloadShardsAsync(path).ConfigureAwait(false);
            return path;
        }
        return null;
    }

    private ModelSourceException Incomplete(string source)
    {
        var names = string.Join(", or ", CheckpointFolder.KnownNames.Select(known => $"{known.Config} with {known.Weights[0]}"));
        return isOffline || snapshot.LookupFailure is not null
            ? new ModelSourceException(
                source, $"is not complete in the cache, '{snapshot.SnapshotFolder}' ({names}), and the Hub "
                + (isOffline ? "is not asked while offline. Download it once with a connection." : "cannot be asked; see the inner exception."),
                snapshot.LookupFailure)
            : new ModelSourceException(source, $"has no model that can be read: there must be {names} (or their PyTorch or sharded forms).");
    }

    private async Task DownloadShardsAsync(string index)
    {
        foreach (var shard in Checkpoint.ReadShardNames(index))
            await snapshot.DownloadAsync(shard, Forward(), cancellationToken).ConfigureAwait(false);
    }

    private async Task DownloadCompanionsAsync(bool isHuggingFace)
    {
        // What transformers 5 writes in place of it.
        if (await TryAsync("preprocessor_config.json").ConfigureAwait(false) is null && isHuggingFace)
            await TryAsync("processor_config.json").ConfigureAwait(false);
        foreach (var vocabulary in Vocabularies)
        {
            var isComplete = true;
            foreach (var name in vocabulary)
                isComplete = isComplete && await TryAsync(name).ConfigureAwait(false) is not null;
            if (!isComplete)
                continue;
            foreach (var name in TokenizerSettings)
                await TryAsync(name).ConfigureAwait(false);
            return;
        }
    }

    private Task<string?> TryAsync(string name) => snapshot.TryDownloadAsync(name, Forward(), cancellationToken);

    private IProgress<HubProgress>? Forward() => progress is null ? null : new FileProgress(progress);

    // Progress<T> would post to another thread and reorder the reports.
    private sealed class FileProgress(IProgress<LoadProgress> target) : IProgress<HubProgress>
    {
        public void Report(HubProgress value) =>
            target.Report(new LoadProgress(LoadStage.Downloading, value.File, value.BytesReceived, value.TotalBytes));
    }
}
