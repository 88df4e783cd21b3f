using Clip.Training.Data.Reading;
using Clip.Training.Data.Shards;

namespace Clip.Training.Data;

/// <summary>Images and captions in tar files, streamed: entries that share a name but for the ending are a sample.</summary>
/// <remarks>
/// <para>
/// An epoch reads the shards in an order of its own, one after another, and draws samples from a buffer at random. Resuming
/// within an epoch reads past what was taken, without decoding images.
/// </para>
/// <para>Shards are shared out to ranks anew in each epoch. A truncated or damaged shard ends early and counts as one unreadable sample.</para>
/// </remarks>
public sealed class WebDataset : IPairSource, ISampleOrder
{
    private readonly ShardList _shards;
    private readonly ShardReader _reader;
    private readonly PairSourceOptions _options;
    private readonly WebDatasetOptions _reading;
    private readonly BatchProducer _producer;

    /// <summary>Finds the shards.</summary>
    /// <param name="shards">The sets of shards that an epoch is made of.</param>
    /// <param name="options">How pairs are ordered and prepared.</param>
    /// <param name="reading">How shards are read.</param>
    /// <exception cref="ArgumentException">Options or weights are wrong, or an epoch has fewer shards than there are ranks.</exception>
    /// <exception cref="FileNotFoundException">A shard is not there.</exception>
    public WebDataset(IEnumerable<ShardSet> shards, PairSourceOptions options, WebDatasetOptions? reading = null)
    {
        ArgumentNullException.ThrowIfNull(shards);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        _reading = reading ?? new WebDatasetOptions();
        _reading.Validate();
        _shards = new ShardList(shards, options);
        var maxImageBytes = Math.Min(_reading.MaxImageBytes, options.Images.Limits.MaxBytes);
        _reader = new ShardReader(_reading, maxImageBytes);
        _producer = new BatchProducer(options, this);
        // What is held, and for how long, decides the order: the limits belong to it.
        Identity = $"{_shards.Identity}; buffer {_reading.ShuffleBuffer}, {_reading.ShuffleBufferBytes} bytes; "
            + $"entries up to {maxImageBytes} and {_reading.MaxCaptionBytes} bytes; caption {_reading.CaptionEnding} {_reading.CaptionProperty}; "
            + SourceIdentity.Of(options);
    }

    /// <summary>Finds the shards of one set.</summary>
    /// <param name="paths">The shards, as <see cref="ShardSet.Paths"/> writes them.</param>
    /// <param name="options">How pairs are ordered and prepared.</param>
    /// <exception cref="ArgumentException">Options are wrong, or there are fewer shards than ranks.</exception>
    /// <exception cref="FileNotFoundException">A shard is not there.</exception>
    public WebDataset(string paths, PairSourceOptions options)
        : this([new ShardSet(paths)], options)
    {
    }

    /// <inheritdoc/>
    public string Identity { get; }

    /// <summary>The shards, each once, in the order in which they were named.</summary>
    public IReadOnlyList<string> Shards => _shards.Paths;

    /// <summary>Null: how many samples a shard holds is known when it has been read.</summary>
    public long? SamplesPerEpoch => null;

    string ISampleOrder.Name => _shards.Name;

    /// <inheritdoc/>
    public IEnumerable<PairBatch> Batches(int size, PairPosition from, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        return _producer.Produce(size, from, cancellationToken);
    }

    /// <summary>Does nothing: enumerations end what they started.</summary>
    public void Dispose()
    {
    }

    IEnumerable<RawSample> ISampleOrder.Read(long epoch, long from, int batchSize, CancellationToken cancellationToken)
    {
        var samples = _shards.Of(epoch).SelectMany(path => _reader.Read(path, cancellationToken));
        if (_options.Shuffle && _reading.ShuffleBuffer > 1)
        {
            var buffer = new ShuffleBuffer(_reading.ShuffleBuffer, _reading.ShuffleBufferBytes);
            samples = buffer.Shuffle(samples, SeedMixer.Mix(_options.Seed, epoch, _options.Rank, _options.WorldSize, 2));
        }
        foreach (var sample in samples)
        {
            if (from-- <= 0)
                yield return sample;
        }
    }
}
