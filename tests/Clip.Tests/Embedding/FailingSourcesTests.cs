using Clip.Preprocessing;

namespace Clip.Tests;

/// <summary>Sources that fail among others that do not.</summary>
public sealed class FailingSourcesTests(TinyModel tiny) : IClassFixture<TinyModel>
{
    private readonly ClipModel _clip = tiny.Clip;

    public static TheoryData<string> Failures { get; } =
        ["reset", "closed", "refused", "no reading", "timed out", "out of memory", "broken rule", "no such path", "impossible path", "disposed memory"];

    [Theory, MemberData(nameof(Failures))]
    public async Task EmbedImagesAsync_OneSourceFails_IsOneResultWithAnError(string failure)
    {
        var images = new[] { TestImages.Files[0], Fail(failure), TestImages.Files[1] };

        var results = await _clip.EmbedImagesAsync(images).ToListAsync(Patience.Token);

        Assert.Equal([0, 1, 2], results.Select(result => result.Index));
        Assert.Equal([false, true, false], results.Select(result => result.Error is not null));
        Assert.Equal(images[1].Name, results[1].Error!.SourceName);
        Assert.Equal(_clip.EmbedImage(TestImages.Files[1]), results[2].Vector, (one, other) => Math.Abs(one - other) < 1e-5f);
    }

    [Theory, MemberData(nameof(Failures))]
    public void EmbedImages_OneSourceFails_ThrowsImageDecodingException(string failure)
    {
        Assert.Throws<ImageDecodingException>(() => _clip.EmbedImages([TestImages.Files[0], Fail(failure)]));
        Assert.Throws<ImageDecodingException>(() => _clip.EmbedImage(Fail(failure)));
    }

    [Fact]
    public async Task EmbedImagesAsync_SourceIsCancelled_Throws()
    {
        using var cancellation = new CancellationTokenSource();
        var stream = new FailingStream(() =>
        {
            cancellation.Cancel();
            return new OperationCanceledException(cancellation.Token);
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _clip.EmbedImagesAsync([TestImages.Files[0], stream], cancellation.Token).ToListAsync(CancellationToken.None).AsTask());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(16)]
    [InlineData(53)]
    public async Task EmbedImagesAsync_StreamOfSourcesFails_GivesTheResultsBeforeThat(int before)
    {
        var results = new List<ImageEmbedding>();

        var error = await Assert.ThrowsAsync<IOException>(async () =>
        {
            await foreach (var result in _clip.EmbedImagesAsync(Images()))
                results.Add(result);
        });

        Assert.Equal("the next one", error.Message);
        Assert.Equal(before, results.Count(result => result.Error is null));

        IEnumerable<ImageSource> Images()
        {
            for (var i = 0; i < before; i++)
                yield return TestImages.Noise(i);
            throw new IOException("the next one");
        }
    }

    [Fact]
    public async Task EmbedImagesAsync_NullAmongSources_GivesTheResultsBeforeIt()
    {
        var results = new List<ImageEmbedding>();

        await Assert.ThrowsAsync<ArgumentException>(async () =>
        {
            await foreach (var result in _clip.EmbedImagesAsync([TestImages.Noise(1), null!, TestImages.Noise(2)]))
                results.Add(result);
        });

        Assert.Single(results);
    }

    private static ImageSource Fail(string failure) => failure switch
    {
        "reset" => new FailingStream(() => new IOException("connection reset")),
        "closed" => Closed(),
        "refused" => new FailingStream(() => new UnauthorizedAccessException("refused")),
        "no reading" => new FailingStream(() => new NotSupportedException("no reading")),
        // As HttpClient says it.
        "timed out" => new FailingStream(() => new TaskCanceledException("timed out")),
        "out of memory" => new FailingStream(() => new InsufficientMemoryException("out of memory")),
        "broken rule" => new FailingStream(() => new InvalidOperationException("broken rule")),
        "no such path" => Path.Combine(Path.GetTempPath(), "none", "none.png"),
        "impossible path" => "a\0b.png",
        "disposed memory" => ImageSource.FromBytes(new DisposedMemory().Memory, "disposed"),
        _ => throw new ArgumentOutOfRangeException(nameof(failure)),
    };

    private static FileStream Closed()
    {
        var stream = File.OpenRead(TestImages.Files[0]);
        stream.Dispose();
        return stream;
    }

    private sealed class FailingStream(Func<Exception> fail) : MemoryStream
    {
        public override int Read(byte[] buffer, int offset, int count) => throw fail();

        public override int Read(Span<byte> buffer) => throw fail();
    }

    private sealed class DisposedMemory : System.Buffers.MemoryManager<byte>
    {
        public override Memory<byte> Memory => CreateMemory(8);

        public override Span<byte> GetSpan() => throw new ObjectDisposedException(nameof(DisposedMemory));

        public override System.Buffers.MemoryHandle Pin(int elementIndex = 0) => throw new ObjectDisposedException(nameof(DisposedMemory));

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
