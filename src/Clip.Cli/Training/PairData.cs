using Clip.Preprocessing;
using Clip.Training.Data;
using Clip.Training.Distributed;
using Clip.Training.Monitoring;

namespace Clip.Cli.Training;

/// <summary>The data of a run, which is there but not yet read.</summary>
/// <param name="Sets">What is trained on, all of one kind.</param>
/// <param name="Weights">How often an epoch reads each set of shards.</param>
/// <param name="Validation">What is held out; null for nothing.</param>
/// <param name="ValidationPairs">How many pairs of it are used; null for a list's first thousand.</param>
internal sealed record PairData(IReadOnlyList<PairSet> Sets, IReadOnlyList<double> Weights, PairSet? Validation, int? ValidationPairs)
{
    private const int UsualValidationPairs = 1000;
    private const int LargestValidationBatch = 64;

    public required CaptionColumns Columns { get; init; }

    public required IReadOnlyList<string> Templates { get; init; }

    public required bool IsAugmented { get; init; }

    public required int? Threads { get; init; }

    public required ImagePreprocessorOptions Images { get; init; }

    /// <summary>Opens what is trained on.</summary>
    /// <param name="model">Says how images and captions are prepared.</param>
    /// <param name="seed">Decides the order.</param>
    /// <param name="batchSize">Pairs of a batch of this rank.</param>
    /// <param name="ranks">Who else reads.</param>
    /// <param name="cancellationToken">Ends the reading of a list.</param>
    /// <exception cref="FailureException">There are fewer pairs than a batch has.</exception>
    public IPairSource OpenTraining(StartModel model, long seed, int batchSize, TrainingRanks ranks, CancellationToken cancellationToken)
    {
        var options = Options(model) with { Seed = seed, Rank = ranks.Rank, WorldSize = ranks.WorldSize };
        if (!IsAugmented)
            options = options with { Augmentation = null };
        var source = Open(Sets, Weights, options, cancellationToken);
        return source.SamplesPerEpoch is not { } pairs || pairs >= batchSize
            ? source
            : throw new FailureException($"--batch-size is {batchSize}{(ranks.WorldSize > 1 ? $" for each of {ranks.WorldSize} ranks" : "")}, but '{Sets[0].Path}'{(Sets.Count > 1 ? " and the other data" : "")} has {pairs} pairs{(ranks.WorldSize > 1 ? " for each rank" : "")}. Lower it to at most that.");
    }

    /// <summary>Opens what is held out.</summary>
    /// <param name="model">Says how images and captions are prepared.</param>
    /// <param name="group">The ranks that share the work; null for one.</param>
    /// <param name="cancellationToken">Ends the reading of a list.</param>
    /// <returns>The pairs and their measure; null where nothing is held out.</returns>
    /// <exception cref="FailureException">There are fewer pairs than were asked for.</exception>
    public (IPairSource Pairs, RetrievalEvaluation Evaluation)? OpenValidation(StartModel model, IProcessGroup? group, CancellationToken cancellationToken)
    {
        if (Validation is null)
            return null;
        var source = Open([Validation], [1], Options(model) with { Augmentation = null, Shuffle = false }, cancellationToken);
        if (source.SamplesPerEpoch is not { } pairs)
            return (source, new RetrievalEvaluation(source, ValidationPairs!.Value, Math.Min(LargestValidationBatch, ValidationPairs.Value), group));
        if (ValidationPairs > pairs)
            throw new FailureException($"--validation-pairs is {ValidationPairs}, but '{Validation.Path}' has {pairs} pairs. Lower it to at most that.");
        var count = ValidationPairs ?? (int)Math.Min(UsualValidationPairs, pairs);
        return (source, new RetrievalEvaluation(source, count, BatchOf(count, pairs), group));
    }

    // The pairs of the last batch are pairs of the list too: what is left at the end of an epoch and fills no batch is not read.
    private static int BatchOf(int count, long pairs)
    {
        var size = Math.Min(LargestValidationBatch, count);
        while ((count + size - 1L) / size * size > pairs)
            size--;
        return size;
    }

    private PairSourceOptions Options(StartModel model) => new() { Preprocessing = model.Preprocessing, Tokenizer = model.Tokenizer, Threads = Threads, Images = Images };

    private IPairSource Open(IReadOnlyList<PairSet> sets, IReadOnlyList<double> weights, PairSourceOptions options, CancellationToken cancellationToken)
    {
        switch (sets[0].Kind)
        {
            case PairSetKind.ClassFolders:
                return CaptionedImages.FromClassFolders(sets[0].Path, Templates, options);
            case PairSetKind.Shards:
                var usual = new WebDatasetOptions();
                var reading = Columns.Caption is null ? usual : usual with { CaptionEnding = "json", CaptionProperty = Columns.Caption };
                return new WebDataset(sets.Zip(weights, (set, weight) => new ShardSet(set.Path, weight)), options, reading);
            case PairSetKind.List:
                var lists = sets.Select(set => CaptionedImages.FromList(set.Path, options, Columns, cancellationToken)).ToList();
                return lists is [var only] ? only : CaptionedImages.From(lists.SelectMany(list => list.Images), options, $"{sets[0].Path} and the other lists");
            case var kind:
                throw new InvalidOperationException($"There is no source of pairs for {kind}.");
        }
    }
}
