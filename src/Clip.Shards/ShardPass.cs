using System.Numerics.Tensors;
using Clip.Preprocessing;
using Clip.Shards.Outputs;
using Clip.Shards.Reading;

namespace Clip.Shards;

/// <summary>One shard through the network.</summary>
/// <param name="clip">The model.</param>
/// <param name="options">How.</param>
internal sealed class ShardPass(ClipModel clip, ShardEmbedderOptions options)
{
    // Rounding to float32 moves the length of a row by less than 1e-6.
    private const float Tolerance = 1e-4f;

    private readonly SampleReader _reader = new(options);

    /// <summary>Embeds a shard.</summary>
    /// <exception cref="ShardException">It cannot be read whole, or too many of its images cannot.</exception>
    public async Task<EmbeddedShard> RunAsync(Shard shard, CancellationToken cancellationToken)
    {
        var images = new HalfRows(clip.EmbeddingSize);
        var metadata = new MetadataFile();
        // Samples that were read and whose row is not there yet: at most as many as the model reads ahead, and those without an image between them.
        var waiting = new Queue<ShardSample>();
        var textBytes = 0L;

        await foreach (var embedding in clip.EmbedImagesAsync(Sources(), cancellationToken).ConfigureAwait(false))
        {
            TakeUnreadable();
            var sample = waiting.Dequeue();
            var problem = embedding.Error?.Message ?? (HasUnitLength(embedding.Vector) ? null : "the model's numbers are not finite");
            Add(sample, problem, problem is null ? embedding.Vector : null);
        }
        TakeUnreadable();
        Require(shard, metadata);
        return new EmbeddedShard(images, options.WithCaptions ? await EmbedCaptionsAsync(metadata, cancellationToken).ConfigureAwait(false) : null, metadata);

        IEnumerable<ImageSource> Sources()
        {
            var count = 0;
            foreach (var sample in _reader.Read(shard.Address, cancellationToken))
            {
                textBytes += sizeof(char) * ((long)sample.Key.Length + (sample.Caption?.Length ?? 0));
                if (++count > options.MaxSamples || textBytes > options.MaxTextBytes)
                    throw TooLarge(shard);
                waiting.Enqueue(sample with { Image = null });
                if (sample.Image is not null)
                    yield return ImageSource.FromBytes(sample.Image, sample.Key);
            }
        }

        void TakeUnreadable()
        {
            while (waiting.TryPeek(out var sample) && sample.Problem is { } problem)
            {
                waiting.Dequeue();
                Add(sample, problem, null);
            }
        }

        void Add(ShardSample sample, string? problem, float[]? row)
        {
            metadata.Add(sample.Key, sample.Caption, problem);
            if (row is null)
                images.AddZeros();
            else
                images.Add(row);
        }
    }

    private static bool HasUnitLength(float[] row) => Math.Abs(TensorPrimitives.Norm(row) - 1) <= Tolerance;

    private void Require(Shard shard, MetadataFile metadata)
    {
        if (metadata.Count == 0)
            throw new ShardException(shard.Address, $"has no images (.{string.Join(", .", options.ImageEndings)}).");
        if (metadata.UnreadableCount > options.MaxBadShare * metadata.Count)
        {
            throw new ShardException(
                shard.Address,
                $"has {metadata.UnreadableCount:N0} images that cannot be read among {metadata.Count:N0}, more than the share of {options.MaxBadShare} that is allowed ({nameof(ShardEmbedderOptions.MaxBadShare)}). "
                + $"The first: {metadata.FirstError}");
        }
    }

    private ShardException TooLarge(Shard shard) => new(
        shard.Address,
        $"has more than {options.MaxSamples:N0} samples or {options.MaxTextBytes:N0} bytes of captions; raise {nameof(ShardEmbedderOptions.MaxSamples)} or {nameof(ShardEmbedderOptions.MaxTextBytes)}, or make smaller shards.");

    private async Task<HalfRows> EmbedCaptionsAsync(MetadataFile metadata, CancellationToken cancellationToken)
    {
        var rows = new HalfRows(clip.EmbeddingSize);
        var captions = metadata.Captions.ToList();
        await foreach (var embedding in clip.EmbedTextsAsync(captions.OfType<string>().ToAsyncEnumerable(), cancellationToken).ConfigureAwait(false))
        {
            AddMissing();
            rows.Add(embedding.Vector);
        }
        AddMissing();
        return rows;

        void AddMissing()
        {
            while (rows.Count < captions.Count && captions[rows.Count] is null)
                rows.AddZeros();
        }
    }
}
