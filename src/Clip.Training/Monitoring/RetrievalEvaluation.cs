using Clip.Models;
using Clip.Shared;
using Clip.Training.Data;
using Clip.Training.Distributed;

namespace Clip.Training.Monitoring;

/// <summary>Measures how often a model finds the right text for an image, and the right image for a text, among held-out pairs.</summary>
/// <remarks>
/// Its metrics are <c>image_to_text_R@1</c>, <c>text_to_image_R@1</c> and the same at 5 and 10: the share of images (texts)
/// whose own text (image) is among so many most similar ones. Chance is so many divided by the number of pairs. A wrong one that
/// is exactly as similar as the right one, or whose similarity is NaN, is put before it, and a right one of NaN is never found: a
/// model that gives everything the same embedding, or none, finds nothing.
/// </remarks>
/// <param name="pairs">The held-out pairs, which are borrowed; the first ones are used, the same every time.</param>
/// <param name="count">How many. Positive.</param>
/// <param name="batchSize">Pairs embedded at a time. Positive.</param>
/// <param name="group">Ranks that share the embedding; each reads all pairs and embeds every so manyth batch. Null for one.</param>
public sealed class RetrievalEvaluation(IPairSource pairs, int count, int batchSize = 64, IProcessGroup? group = null)
{
    private static readonly int[] Depths = [1, 5, 10];

    private readonly IPairSource _pairs = pairs ?? throw new ArgumentNullException(nameof(pairs));
    private readonly int _count = count > 0 ? count : throw new ArgumentOutOfRangeException(nameof(count), count, "It must be positive.");
    private readonly int _batchSize = batchSize > 0 ? batchSize : throw new ArgumentOutOfRangeException(nameof(batchSize), batchSize, "It must be positive.");

    /// <summary>Measures a model, in the mode that it is in; fits <see cref="Trainer.Evaluate"/>.</summary>
    /// <param name="network">The model.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <returns>The metrics, by name.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="InvalidOperationException">The source has fewer pairs than are to be measured.</exception>
    public IReadOnlyDictionary<string, double> Measure(DualEncoder network, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(network);
        List<Tensor> images = [], texts = [];
        try
        {
            Embed(network, images, texts, cancellationToken);
            using var scope = NewDisposeScope();
            using var noGradients = no_grad();
            var (allImages, allTexts) = (Join(images, network), Join(texts, network));
            var metrics = new Dictionary<string, double>();
            Add(metrics, "image_to_text", allImages, allTexts, cancellationToken);
            Add(metrics, "text_to_image", allTexts, allImages, cancellationToken);
            return metrics;
        }
        finally
        {
            foreach (var part in images.Concat(texts))
                part.Dispose();
        }
    }

    private void Embed(DualEncoder network, List<Tensor> images, List<Tensor> texts, CancellationToken cancellationToken)
    {
        var batches = 0;
        var worldSize = group?.WorldSize ?? 1;
        foreach (var batch in _pairs.Batches(_batchSize, PairPosition.Start, cancellationToken))
        {
            using (batch)
            using (NewDisposeScope())
            using (no_grad())
            {
                cancellationToken.ThrowIfCancellationRequested();
                RequireFirstEpoch(batch, batches);
                if (batches++ % worldSize != (group?.Rank ?? 0))
                    continue;
                images.Add(network.EncodeImages(batch.GetImages(), normalize: true).to(ScalarType.Float32).DetachFromDisposeScope());
                texts.Add(network.EncodeTexts(batch.Tokens, normalize: true).to(ScalarType.Float32).DetachFromDisposeScope());
            }
            if (batches * (long)_batchSize >= _count)
                break;
        }
        if (batches * (long)_batchSize < _count)
            throw new InvalidOperationException($"The source ended after {batches * (long)_batchSize} of {_count} pairs.");
    }

    // Batch b is the one of rank b modulo their number; who has one less sends zeros in its place.
    private Tensor Join(List<Tensor> own, DualEncoder network)
    {
        if (group is null)
            return cat(own).narrow(0, 0, _count);
        var most = (((_count + _batchSize - 1) / _batchSize) + group.WorldSize - 1) / group.WorldSize;
        var width = network.Config.EmbeddingSize;
        var padded = cat([.. own, .. Enumerable.Range(own.Count, most - own.Count).Select(_ => zeros(_batchSize, width, device: network.parameters().First().device))]);
        var all = group.Gather(padded).view(group.WorldSize, most, _batchSize, width);                  // [rank, batch of the rank, row, E]
        return all.transpose(0, 1).reshape(-1, width).narrow(0, 0, _count);
    }

    // Sources leave out what does not fill a batch and begin again: pairs of the next epoch were measured already.
    private void RequireFirstEpoch(PairBatch batch, int batches)
    {
        if (batch.Next is { Epoch: > 0, Sample: > 0 })
        {
            throw new InvalidOperationException(
                $"The source has only {batches * (long)_batchSize} pairs in whole batches of {_batchSize}, and {_count} are to be measured. "
                + "Measure fewer, or take a batch size that divides them.");
        }
    }

    private static void Add(
        Dictionary<string, double> metrics, string direction, Tensor queries, Tensor answers, CancellationToken cancellationToken)
    {
        var ranks = RetrievalRanks.Compute(queries, answers, query => [query], cancellationToken);
        foreach (var depth in Depths)
            metrics[$"{direction}_R@{depth}"] = (double)ranks.Count(rank => rank < depth) / ranks.Length;
    }
}
