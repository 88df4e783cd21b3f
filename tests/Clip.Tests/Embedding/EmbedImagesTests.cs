using System.Numerics.Tensors;
using Clip.Preprocessing;
using SkiaSharp;

namespace Clip.Tests;

public sealed class EmbedImagesTests(TinyModel tiny) : IClassFixture<TinyModel>
{
    private readonly ClipModel _clip = tiny.Clip;

    [Fact]
    public void EmbedImages_Files_EqualsTheNetworkOnPreprocessedPixels()
    {
        var files = TestImages.Files[..5];

        var rows = _clip.EmbedImages(files);

        Assert.Equal(files.Length, rows.Length);
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        for (var i = 0; i < files.Length; i++)
        {
            var pixels = new float[_clip.Preprocessor.Length];
            _clip.Preprocessor.Preprocess(files[i], pixels);
            var expected = _clip.Network.EncodeImages(tensor(pixels, [1, 3, TinyClip.Resolution, TinyClip.Resolution]), normalize: true);
            TensorAssert.Close(expected, tensor(rows[i], [1, TinyClip.EmbeddingSize]), 2e-6);
        }
    }

    [Fact]
    public void EmbedImages_AnySource_GivesTheSameVector()
    {
        var file = TestImages.Files[0];
        var encoded = File.ReadAllBytes(file);
        using var stream = File.OpenRead(file);
        using var decoded = _clip.Preprocessor.Decode(file);
        var view = decoded.View;
        using var bitmap = SKBitmap.Decode(file);

        var rows = _clip.EmbedImages(
        [
            file, encoded, (ReadOnlyMemory<byte>)encoded, stream, bitmap,
            ImageSource.FromPixels(view.Pixels.ToArray(), view.Width, view.Height, view.Format, view.Stride),
        ]);

        Assert.All(rows, row => Assert.Equal(1, TensorPrimitives.CosineSimilarity(row, rows[0]), 6));
        Assert.True(stream.CanRead);
    }

    [Fact]
    public void EmbedImages_MoreThanOneBatch_KeepsOrderAndUnitLength()
    {
        var images = Enumerable.Range(0, 53).Select(i => TestImages.Noise(i)).ToArray();
        var reported = new List<EmbeddingProgress>();

        var rows = _clip.EmbedImages(images, new ListProgress<EmbeddingProgress>(reported));

        Assert.Equal(53, rows.Length);
        Assert.All(rows, row => Assert.Equal(1, TensorPrimitives.Norm<float>(row), 5));
        for (var i = 0; i < rows.Length; i++)
            Assert.Equal(1, TensorPrimitives.CosineSimilarity(rows[i], _clip.EmbedImage(images[i])), 5);
        Assert.InRange(reported.Count, 2, 53);
        Assert.Equal(reported.Select(step => step.Completed).Order(), reported.Select(step => step.Completed));
        Assert.Equal(53, reported[^1].Completed);
        Assert.All(reported, step => Assert.Equal(53, step.Total));
    }

    [Fact]
    public void EmbedImages_UnreadableFile_ThrowsWithItsPath()
    {
        using var folder = new TemporaryFolder();
        var broken = folder.Write("broken.png", [1, 2, 3]);

        var error = Assert.Throws<ImageDecodingException>(() => _clip.EmbedImages([TestImages.Files[0], broken, TestImages.Files[1]]));

        Assert.Equal(broken, error.SourceName);
    }

    [Fact]
    public async Task EmbedImagesAsync_UnreadableFile_ReportsItAndGoesOn()
    {
        using var folder = new TemporaryFolder();
        var missing = folder.File("missing.png");
        var results = new List<ImageEmbedding>();

        await foreach (var result in _clip.EmbedImagesAsync([TestImages.Files[0], missing, TestImages.Files[1]]))
            results.Add(result);

        Assert.Equal([0L, 1L, 2L], results.Select(result => result.Index));
        Assert.Equal([TestImages.Files[0], missing, TestImages.Files[1]], results.Select(result => result.Name));
        Assert.Equal([null, missing, null], results.Select(result => result.Error?.SourceName));
        Assert.Throws<ImageDecodingException>(() => results[1].Vector);
        Assert.Equal(_clip.EmbedImage(TestImages.Files[1]).Length, results[2].Vector.Length);
    }

    [Fact]
    public async Task EmbedImagesAsync_EndlessStream_IsAskedForAFewBatchesAhead()
    {
        var asked = 0;
        IEnumerable<ImageSource> Endless()
        {
            while (true)
            {
                asked++;
                yield return TestImages.Noise(asked % 7);
            }
        }

        var taken = 0;
        await foreach (var _ in _clip.EmbedImagesAsync(Endless()))
        {
            if (++taken == 100)
                break;
        }

        Assert.InRange(asked, 100, 100 + 4 * 32);
    }

    [Fact]
    public void EmbedImages_NoImages_GivesNoRows() => Assert.Empty(_clip.EmbedImages(Array.Empty<string>()));

    [Fact]
    public void EmbedImages_NullImage_ThrowsArgumentException() =>
        Assert.ThrowsAny<ArgumentException>(() => _clip.EmbedImages([TestImages.Noise(1), null!]));

    [Fact]
    public void EmbedImages_Cancelled_Throws()
    {
        using var source = new CancellationTokenSource();
        IEnumerable<ImageSource> CancelAfter(int count)
        {
            for (var i = 0; ; i++)
            {
                if (i == count)
                    source.Cancel();
                yield return TestImages.Noise(i);
            }
        }

        Assert.ThrowsAny<OperationCanceledException>(() => _clip.EmbedImages(CancelAfter(60), cancellationToken: source.Token));
    }

    [Fact]
    public async Task EmbedImagesAsync_Cancelled_Throws()
    {
        using var source = new CancellationTokenSource();
        var images = Enumerable.Range(0, 10_000).Select(i => TestImages.Noise(i));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var result in _clip.EmbedImagesAsync(images, source.Token))
            {
                if (result.Index == 20)
                    source.Cancel();
            }
        });
    }

    [Fact]
    public void FromPixels_MemoryTooShort_ThrowsAtOnce() =>
        Assert.Throws<ArgumentException>(() => ImageSource.FromPixels(new byte[11], 2, 2));

    [Fact]
    [NoTensorLeaks]
    public async Task EmbedImages_ErrorsAndEarlyEnds_LeaveNoTensors()
    {
        using var folder = new TemporaryFolder();
        var broken = folder.Write("broken.jpg", [0xFF, 0xD8, 0xFF]);
        var images = Enumerable.Range(0, 90).Select(i => TestImages.Noise(i)).ToList();
        images.Insert(20, broken);

        Assert.Throws<ImageDecodingException>(() => _clip.EmbedImages(images));
        await foreach (var result in _clip.EmbedImagesAsync(images))
        {
            if (result.Index == 30)
                break;
        }
        await foreach (var result in _clip.EmbedImagesAsync(images))
            Assert.Equal(result.Index == 20, result.Error is not null);
    }
}
