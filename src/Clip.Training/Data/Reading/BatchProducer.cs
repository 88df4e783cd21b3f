using System.Collections.Concurrent;
using Clip.Preprocessing;
using Clip.Shared;

namespace Clip.Training.Data.Reading;

/// <summary>Decodes, varies and tokenizes samples in parallel, and makes batches of them ahead of their use.</summary>
internal sealed class BatchProducer
{
    private readonly PairSourceOptions _options;
    private readonly ISampleOrder _samples;
    private readonly ImagePreprocessor _preprocessor;
    private readonly ImageAugmenter? _augmenter;
    private readonly ParallelOptions _parallel;
    private readonly long _augmentationSeed;

    public BatchProducer(PairSourceOptions options, ISampleOrder samples)
    {
        _options = options;
        _samples = samples;
        _preprocessor = new ImagePreprocessor(options.Preprocessing, options.Images);
        _augmenter = options.Augmentation is null ? null : new ImageAugmenter(options.Preprocessing, options.Augmentation);
        _parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Threads ?? Environment.ProcessorCount };
        _augmentationSeed = (long)SeedMixer.Mix(options.Seed, options.Worker, options.Workers);
    }

    /// <summary>Reads batches without end; see <see cref="IPairSource.Batches"/>.</summary>
    public IEnumerable<PairBatch> Produce(int size, PairPosition from, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var ahead = new BlockingCollection<PairBatch>(_options.BatchesAhead);
        var producer = Task.Factory.StartNew(
            () => Fill(ahead, size, from, stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            foreach (var batch in ahead.GetConsumingEnumerable(cancellationToken))
                yield return batch;
            producer.GetAwaiter().GetResult();
        }
        finally
        {
            stop.Cancel();
            Task.WaitAny(producer);
            // Of batches that nobody takes any more, a failure belongs to nobody; looked at, it does not surface as an unobserved one.
            _ = producer.Exception;
            while (ahead.TryTake(out var batch))
                batch.Dispose();
        }
    }

    private void Fill(BlockingCollection<PairBatch> ahead, int size, PairPosition position, CancellationToken stop)
    {
        try
        {
            var corrupt = new CorruptSamples(_options.MaxCorruptShare);
            while (true)
            {
                var first = position;
                using (var samples = _samples.Read(position.Epoch, position.Sample, stop).GetEnumerator())
                {
                    while (Next(samples, size, position, corrupt, stop) is { } batch)
                    {
                        position = batch.Next;
                        Add(ahead, batch, stop);
                    }
                }
                if (position == first && first.Sample == 0)
                    throw new PairDataException(_samples.Name, $"has fewer than {size} readable pairs in epoch {first.Epoch}, which do not fill a batch.");
                position = new PairPosition(position.Epoch + 1, 0);
            }
        }
        finally
        {
            ahead.CompleteAdding();
        }
    }

    private static void Add(BlockingCollection<PairBatch> ahead, PairBatch batch, CancellationToken stop)
    {
        try
        {
            ahead.Add(batch, stop);
        }
        catch (OperationCanceledException)
        {
            batch.Dispose();
            throw;
        }
    }

    // Takes as many samples as places are left, again and again until all are filled: what a batch takes does not depend on the threads.
    private PairBatch? Next(IEnumerator<RawSample> samples, int size, PairPosition position, CorruptSamples corrupt, CancellationToken stop)
    {
        var (height, width) = _options.Preprocessing.Resolution;
        var images = empty([size, 3, height, width], ScalarType.Float32);
        var tokens = empty([size, _options.Tokenizer.ContextLength], ScalarType.Int64);
        try
        {
            var taken = new List<RawSample>(size);
            int filled = 0, skipped = 0;
            var sample = position.Sample;
            while (filled < size)
            {
                taken.Clear();
                while (taken.Count < size - filled && samples.MoveNext())
                    taken.Add(samples.Current);
                if (taken.Count == 0)
                    break;

                var problems = new string?[taken.Count];
                var (firstRow, firstSample) = (filled, sample);
                Parallel.For(0, taken.Count, _parallel, index =>
                {
                    stop.ThrowIfCancellationRequested();
                    var seed = (long)SeedMixer.Mix(_augmentationSeed, position.Epoch, firstSample + index);
                    problems[index] = Read(taken[index], seed, TensorRows.Get<float>(images, firstRow + index), TensorRows.Get<long>(tokens, firstRow + index));
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
                return new PairBatch(images, tokens, position with { Sample = sample }, skipped);
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

    private string? Read(RawSample sample, long seed, Span<float> pixels, Span<long> tokens)
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
        TensorRows.Get<float>(images, from).CopyTo(TensorRows.Get<float>(images, to));
        TensorRows.Get<long>(tokens, from).CopyTo(TensorRows.Get<long>(tokens, to));
    }
}
