using Clip.Preprocessing;
using Clip.Shared;

namespace Clip.Training.Data.Reading;

/// <summary>Decodes, varies and tokenizes samples in parallel, and makes batches of them ahead of their use.</summary>
internal sealed class BatchProducer
{
    // Samples that are decoded together, still encoded: enough of usual ones for all threads.
    private const long BytesTogether = 32 << 20;

    private readonly PairSourceOptions _options;
    private readonly ISampleOrder _samples;
    private readonly ImagePreprocessor _preprocessor;
    private readonly ImageAugmenter? _augmenter;
    private readonly ParallelOptions _parallel;

    public BatchProducer(PairSourceOptions options, ISampleOrder samples)
    {
        _options = options;
        _samples = samples;
        _preprocessor = new ImagePreprocessor(options.Preprocessing, options.Images);
        _augmenter = options.Augmentation is null ? null : new ImageAugmenter(options.Preprocessing, options.Augmentation);
        _parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Threads ?? Environment.ProcessorCount };
    }

    /// <summary>Reads batches without end; see <see cref="IPairSource.Batches"/>.</summary>
    public IEnumerable<PairBatch> Produce(int size, PairPosition from, CancellationToken cancellationToken)
    {
        using var ahead = new BatchesAhead(Capacity(size), queue => Fill(queue, size, from), cancellationToken);
        while (ahead.Take(cancellationToken) is { } batch)
            yield return batch;
    }

    // Of batches that are being made or ready. One is made while the one before it is in use, however big they are.
    private int Capacity(int size)
    {
        var (height, width) = _options.Preprocessing.Resolution;
        var pair = 3L * height * width + (long)_options.Tokenizer.ContextLength * sizeof(long);
        return (int)Math.Clamp(_options.BatchesAheadBytes / (size * pair), 1, _options.BatchesAhead + 1L);
    }

    private void Fill(BatchQueue queue, int size, PairPosition position)
    {
        var corrupt = new CorruptSamples(_options.MaxCorruptShare);
        queue.WaitForPlace();
        while (true)
        {
            var first = position;
            using (var samples = _samples.Read(position.Epoch, position.Sample, size, queue.Stopped).GetEnumerator())
            {
                while (Next(samples, size, position, corrupt, queue.Stopped) is { } batch)
                {
                    position = batch.Next;
                    queue.Add(batch);
                    queue.WaitForPlace();
                }
            }
            if (position == first && first.Sample == 0)
                throw new PairDataException(_samples.Name, $"has fewer than {size} readable pairs in epoch {first.Epoch}, which do not fill a batch.");
            position = new PairPosition(position.Epoch + 1, 0);
        }
    }

    // Takes at most as many samples as places are left, again and again until all are filled: what a batch takes depends neither on the
    // threads nor on how many are decoded together.
    private PairBatch? Next(IEnumerator<RawSample> samples, int size, PairPosition position, CorruptSamples corrupt, CancellationToken stop)
    {
        var (height, width) = _options.Preprocessing.Resolution;
        var images = empty([size, 3, height, width], ScalarType.Byte);
        var tokens = empty([size, _options.Tokenizer.ContextLength], ScalarType.Int64);
        try
        {
            var taken = new List<RawSample>(size);
            int filled = 0, skipped = 0;
            var sample = position.Sample;
            while (filled < size)
            {
                Take(samples, size - filled, taken);
                if (taken.Count == 0)
                    break;

                var problems = new string?[taken.Count];
                var (firstRow, firstSample) = (filled, sample);
                Parallel.For(0, taken.Count, _parallel, index =>
                {
                    stop.ThrowIfCancellationRequested();
                    var seed = AugmentationSeed(taken[index], position.Epoch, firstSample + index);
                    problems[index] = Read(taken[index], seed, TensorRows.Get<byte>(images, firstRow + index), TensorRows.Get<long>(tokens, firstRow + index));
                });
                for (var index = 0; index < taken.Count; index++)
                {
                    corrupt.Count(_samples.Name, taken[index].Name, problems[index]);
                    if (problems[index] is not null)
                        skipped++;
                    else
                        Move(images, tokens, firstRow + index, filled++);
                }
                sample += taken.Count;
            }
            if (filled == size)
                return PairBatch.OfBytes(images, _preprocessor.Transform, tokens, position with { Sample = sample }, skipped);
        }
        catch (AggregateException e) when (e.InnerException is OperationCanceledException)
        {
            Release();
            throw e.InnerException;
        }
        catch
        {
            Release();
            throw;
        }
        Release();
        return null;

        void Release()
        {
            images.Dispose();
            tokens.Dispose();
        }
    }

    private static void Take(IEnumerator<RawSample> samples, int most, List<RawSample> taken)
    {
        taken.Clear();
        for (var bytes = 0L; taken.Count < most && bytes < BytesTogether && samples.MoveNext(); bytes += samples.Current.Bytes)
            taken.Add(samples.Current);
    }

    // By the place among all ranks' samples, where there is one: images vary as they would for one rank.
    private long AugmentationSeed(RawSample raw, long epoch, long sample) => raw.Place is { } place
        ? (long)SeedMixer.Mix(_options.Seed, epoch, place)
        : (long)SeedMixer.Mix(_options.Seed, _options.Rank, _options.WorldSize, epoch, sample);

    private string? Read(RawSample sample, long seed, Span<byte> pixels, Span<long> tokens)
    {
        if (sample.Problem is { } problem)
            return problem;
        if (string.IsNullOrWhiteSpace(sample.Caption))
            return "has no caption.";
        try
        {
            if (_augmenter is not null)
            {
                using var image = sample.Image is { } encoded ? _preprocessor.Decode(encoded, sample.Name) : _preprocessor.Decode(sample.Name);
                _augmenter.Apply(image.View, seed, pixels);
            }
            else if (sample.Image is { } encoded)
            {
                _preprocessor.Preprocess(encoded, pixels, sample.Name);
            }
            else
            {
                _preprocessor.Preprocess(sample.Name, pixels);
            }
        }
        catch (ImageDecodingException e)
        {
            return e.Message;
        }
        _options.Tokenizer.Tokenize(sample.Caption, tokens);
        return null;
    }

    private static void Move(Tensor images, Tensor tokens, int from, int to)
    {
        if (from == to)
            return;
        TensorRows.Get<byte>(images, from).CopyTo(TensorRows.Get<byte>(images, to));
        TensorRows.Get<long>(tokens, from).CopyTo(TensorRows.Get<long>(tokens, to));
    }
}
