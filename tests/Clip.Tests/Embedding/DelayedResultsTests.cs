using System.Collections.Concurrent;
using Clip.Embedding;
using Clip.Preprocessing;

namespace Clip.Tests;

/// <summary>Embedding as on a GPU, where results are read after the next pass was queued and copies happen at any time until then.</summary>
public sealed class DelayedResultsTests : IClassFixture<TinyModel>, IDisposable
{
    private const int BatchSize = 4;

    private readonly ClipModel _clip;
    private readonly ConcurrentQueue<(Tensor Pixels, Tensor Sent)> _inFlight = [];
    private readonly NetworkThread _thread;
    private readonly PixelMemory _memory;
    private readonly ImageEmbedder _images;
    private readonly TextEmbedder _texts;
    private int _pinned;
    private int _overwritten;
    private int _mostInFlight;

    public DelayedResultsTests(TinyModel tiny)
    {
        _clip = tiny.Clip;
        _thread = new NetworkThread(depth: 1, ReadLate);
        _memory = new PixelMemory(_clip.Preprocessor, ScalarType.Float32, buffers: 3, Pin, Send);
        _images = new ImageEmbedder(pixels => EmbeddingRows.ToUnitLength(_clip.Network.EncodeImages(pixels)), _thread, _memory, BatchSize, decodingThreads: 2, oneByOne: false);
        _texts = new TextEmbedder(_clip.Network, _thread, tokensPerPass: 64, oneByOne: false);
    }

    public void Dispose()
    {
        _thread.Dispose();
        _memory.Dispose();
        ForgetFailedPasses();
    }

    [Fact]
    public void EmbedImages_ManyBatches_KeepsOrderAndLeavesBuffersInFlightAlone()
    {
        var images = Enumerable.Range(0, 63).Select(i => TestImages.Noise(i)).ToArray();

        var rows = Embed(images);

        Assert.Equal(63, rows.Count);
        for (var i = 0; i < rows.Count; i++)
            Assert.InRange(EmbeddingMath.CosineSimilarity(_clip.EmbedImage(images[i]), rows[i]!), 0.99999f, 1.00001f);
        Assert.Equal(0, _overwritten);
        Assert.Equal(2, _mostInFlight);
        Assert.Equal(3, _pinned);
    }

    [Fact, NoTensorLeaks]
    public void EmbedImages_EndsAnyWay_LeavesNoTensorsButItsBuffers()
    {
        var images = Enumerable.Range(0, 40).Select(i => TestImages.Noise(i)).ToList();
        using var source = new CancellationTokenSource();

        Embed(images);
        Assert.Throws<IOException>(() => _images.Embed(images, (_, _) => throw new IOException(), CancellationToken.None));
        Assert.ThrowsAny<OperationCanceledException>(() => _images.Embed(images, (_, _) => source.Cancel(), source.Token));
        Assert.ThrowsAny<ArgumentException>(() => Embed([.. images, null!]));

        Assert.Equal(40, Embed(images).Count);
        Assert.Equal(0, _overwritten);
        _memory.Dispose();
    }

    [Fact, NoTensorLeaks]
    public void EmbedImages_UnreadableImages_AreReportedAtTheirPlaces()
    {
        var images = Enumerable.Range(0, 30).Select(i => i % 7 == 3 ? new byte[] { 1, 2, 3 } : TestImages.Noise(i)).ToArray();

        var rows = Embed(images);

        Assert.Equal(Enumerable.Range(0, 30).Where(i => i % 7 == 3), Enumerable.Range(0, 30).Where(i => rows[i] is null));
        Assert.Equal(0, _overwritten);
        _memory.Dispose();
    }

    [Fact, NoTensorLeaks]
    public async Task EmbedImagesAsync_LeftEarlyAndWhole_GivesResultsInOrder()
    {
        var images = Enumerable.Range(0, 41).Select(i => TestImages.Noise(i)).ToArray();
        var indices = new List<long>();

        await foreach (var result in _images.EmbedAsync(images.ToAsyncEnumerable(), CancellationToken.None))
        {
            if (result.Index == 9)
                break;
        }
        await foreach (var result in _images.EmbedAsync(images.ToAsyncEnumerable(), CancellationToken.None))
        {
            indices.Add(result.Index);
            Assert.Equal(images[result.Index].Name, result.Name);
        }

        Assert.Equal(Enumerable.Range(0, 41).Select(i => (long)i), indices);
        Assert.Equal(0, _overwritten);
        _memory.Dispose();
    }

    [Fact, NoTensorLeaks]
    public async Task EmbedImagesAsync_Cancelled_Throws()
    {
        using var source = new CancellationTokenSource();
        var images = Enumerable.Range(0, 1000).Select(i => TestImages.Noise(i));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var result in _images.EmbedAsync(images.ToAsyncEnumerable(), source.Token))
            {
                if (result.Index == 13)
                    source.Cancel();
            }
        });
        _memory.Dispose();
    }

    [Fact]
    public async Task EmbedImages_SeveralCallers_ShareTheBuffers()
    {
        var work = Enumerable.Range(0, 6).Select(caller => Enumerable.Range(0, 17).Select(i => TestImages.Noise(caller * 50 + i)).ToArray()).ToArray();

        var rows = await Task.WhenAll(work.Select(images => Task.Run(() => Embed(images))));

        for (var caller = 0; caller < work.Length; caller++)
            Assert.InRange(EmbeddingMath.CosineSimilarity(_clip.EmbedImage(work[caller][16]), rows[caller][16]!), 0.99999f, 1.00001f);
        Assert.Equal(0, _overwritten);
        Assert.InRange(_pinned, 1, 3);
    }

    [Fact, NoTensorLeaks]
    public async Task EmbedTexts_ManyPasses_KeepTheirOrder()
    {
        var texts = Enumerable.Range(0, 40).Select(i => $"{i} {new string('x', i % 11)}").ToArray();

        var rows = await _texts.EmbedAsync(texts, _clip.Tokenizer, CancellationToken.None);

        for (var i = 0; i < texts.Length; i++)
            Assert.InRange(EmbeddingMath.CosineSimilarity(_clip.EmbedText(texts[i]), rows[i]), 0.99999f, 1.00001f);
    }

    [Fact, NoTensorLeaks]
    public async Task EmbedTexts_CancelledBetweenPasses_EndsAfterThoseThatRun()
    {
        using var source = new CancellationTokenSource();
        var passes = 0;
        using var thread = new NetworkThread(depth: 1, rows =>
        {
            if (++passes == 3)
                source.Cancel();
            return EmbeddingRows.Read(rows);
        });
        var texts = new TextEmbedder(_clip.Network, thread, tokensPerPass: 64, oneByOne: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => texts.EmbedAsync([.. Enumerable.Range(0, 60).Select(i => $"{i}")], _clip.Tokenizer, source.Token));

        Assert.InRange(passes, 3, 6);
    }

    private List<float[]?> Embed(IEnumerable<ImageSource> images)
    {
        var rows = new List<float[]?>();
        _images.Embed(images, (batch, embeddings) => rows.AddRange(embeddings.Select((row, i) => batch.Error(i) is null ? row : null)), CancellationToken.None);
        return rows;
    }

    private Tensor Pin(Tensor pixels)
    {
        Interlocked.Increment(ref _pinned);
        return pixels.clone();
    }

    // Nothing is copied here: as on a GPU, the pixels may be fetched at any time until the results are read.
    private Tensor Send(Tensor pixels)
    {
        _inFlight.Enqueue((pixels.alias().DetachFromDisposeScope(), pixels.clone().DetachFromDisposeScope()));
        _mostInFlight = Math.Max(_mostInFlight, _inFlight.Count);
        return pixels.alias();
    }

    private float[][] ReadLate(Tensor rows)
    {
        if (_inFlight.TryPeek(out var pass) && pass.Pixels.shape[0] == rows.shape[0])
        {
            // The next pass is queued meanwhile, and decoding goes on.
            SpinWait.SpinUntil(() => _inFlight.Count > 1, TimeSpan.FromMilliseconds(20));
            Thread.Sleep(2);
            if (!pass.Pixels.bytes.SequenceEqual(pass.Sent.bytes))
                _overwritten++;
            ForgetFirst();
        }
        return EmbeddingRows.Read(rows);
    }

    private void ForgetFailedPasses()
    {
        while (!_inFlight.IsEmpty)
            ForgetFirst();
    }

    private void ForgetFirst()
    {
        Assert.True(_inFlight.TryDequeue(out var pass));
        pass.Pixels.Dispose();
        pass.Sent.Dispose();
    }
}
