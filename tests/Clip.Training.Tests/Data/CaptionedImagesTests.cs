using Clip.Preprocessing;
using Clip.Tokenization;
using Clip.Training.Data;

namespace Clip.Training.Tests.Data;

/// <summary>Batches of images in files.</summary>
public sealed class CaptionedImagesTests : IDisposable
{
    private readonly TinyImages _images = new();

    public void Dispose() => _images.Dispose();

    [Fact]
    public void Batches_OneEpoch_HasEveryImageOnce()
    {
        _images.Write(12);
        using var source = _images.Listed(12);

        Assert.Equal(Enumerable.Range(0, 12), _images.Read(source, 4, 3).Order());
        Assert.Equal(12, source.SamplesPerEpoch);
    }

    [Fact]
    public void Batches_TwoEpochs_HaveOrdersOfTheirOwn()
    {
        _images.Write(12);
        using var source = _images.Listed(12);

        var numbers = _images.Read(source, 4, 6);

        Assert.Equal(numbers[..12].Order(), numbers[12..].Order());
        Assert.NotEqual(numbers[..12], numbers[12..]);
        Assert.NotEqual(Enumerable.Range(0, 12), numbers[..12]);
    }

    // 171 images of 1024 x 1024 take more than 2 GiB, of which only the rows of the two images are ever touched.
    [Fact]
    public void Batches_PixelsBeyond2GiB_AreWrittenRowByRow()
    {
        _images.Write(2);
        using var source = _images.Listed(171, _images.Options with { Preprocessing = PreprocessingConfig.OpenAI(1024), MaxCorruptShare = 1 });

        var error = Assert.Throws<PairDataException>(() => source.Batches(171, PairPosition.Start).First());

        Assert.Contains("fewer than 171 readable pairs", error.Message);
    }

    [Fact]
    public void Batches_LeftEarly_LeaveNoUnobservedFailure()
    {
        _images.Write(4);
        using var source = _images.Listed(4);
        var unobserved = new System.Collections.Concurrent.ConcurrentBag<Exception>();
        void Add(object? sender, UnobservedTaskExceptionEventArgs e) => unobserved.Add(e.Exception);
        TaskScheduler.UnobservedTaskException += Add;
        try
        {
            TakeOne(source);
            for (var i = 0; i < 3; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Add;
        }

        Assert.DoesNotContain(unobserved, error => error.ToString().Contains("BatchProducer", StringComparison.Ordinal));

        // On its own, so that no variable of the test keeps the producer's task alive.
        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static void TakeOne(CaptionedImages source) => source.Batches(2, PairPosition.Start).First().Dispose();
    }

    [Fact]
    public void Batches_EpochThatDoesNotDivide_LeavesTheRestOut()
    {
        _images.Write(10);
        using var source = _images.Listed(10);

        var batches = TinyImages.Record(source, 4, 3);

        Assert.Equal([new PairPosition(0, 4), new PairPosition(0, 8), new PairPosition(1, 4)], batches.Select(batch => batch.Next));
    }

    [Fact]
    public void Batches_Unshuffled_ComeAsListed()
    {
        _images.Write(6);
        using var source = _images.Listed(6, _images.Options with { Shuffle = false });

        Assert.Equal([0, 1, 2, 3, 4, 5, 0, 1], _images.Read(source, 2, 4));
    }

    [Fact]
    public void Batches_FromEveryPosition_ContinueBitEqual()
    {
        _images.Write(11);
        File.Delete(_images.File("3.png"));
        var options = _images.Options with { Augmentation = new AugmentationConfig { MinScale = 0.2, FlipProbability = 0.5 } };
        using var whole = _images.Listed(11, options with { Threads = 1 });
        var expected = TinyImages.Record(whole, 3, 8);

        for (var taken = 1; taken < expected.Count; taken++)
        {
            using var resumed = _images.Listed(11, options with { Threads = 3 });
            Assert.Equal(whole.Identity, resumed.Identity);
            TinyImages.AssertEqual(expected.Skip(taken), TinyImages.Record(resumed, 3, expected.Count - taken, expected[taken - 1].Next));
        }
    }

    [Fact]
    public void Batches_SameEpochTwice_AugmentsEachEpochDifferently()
    {
        _images.Write(2);
        using var source = _images.Listed(2, _images.Options with { Shuffle = false, Augmentation = new AugmentationConfig { MinScale = 0.1, MaxScale = 0.5 } });

        var batches = TinyImages.Record(source, 2, 2);

        Assert.NotEqual(batches[0].Pixels, batches[1].Pixels);
    }

    [Fact]
    public void Batches_WithoutAugmentation_AreWhatThePreprocessorGives()
    {
        _images.Write(1);
        using var source = _images.Listed(1, _images.Options with { Augmentation = null });
        var preprocessor = new ImagePreprocessor(_images.Options.Preprocessing);
        var expected = new float[preprocessor.Length];
        preprocessor.Preprocess(_images.File("0.png"), expected);

        Assert.Equal(expected, TinyImages.Record(source, 1, 1)[0].Pixels);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Batches_SeveralRanks_ShareEachEpochOut(int ranks)
    {
        _images.Write(12);
        for (var epoch = 0; epoch < 2; epoch++)
        {
            var read = new List<int>();
            for (var rank = 0; rank < ranks; rank++)
            {
                using var source = _images.Listed(12, _images.Options with { Rank = rank, WorldSize = ranks });
                Assert.Equal(12 / ranks, source.SamplesPerEpoch);
                read.AddRange(_images.Read(source, 12 / ranks, 1, new PairPosition(epoch, 0)));
            }
            Assert.Equal(Enumerable.Range(0, 12), read.Order());
        }
    }

    [Fact]
    public void Batches_UnreadableImages_AreSkippedAndCounted()
    {
        _images.Write(10);
        File.Delete(_images.File("1.png"));
        _images.Write("4.png", [1, 2, 3]);
        _images.Write("7.png", TinyImages.Encode(7)[..60]);
        using var source = _images.Listed(10, _images.Options with { Shuffle = false });

        var batches = TinyImages.Record(source, 7, 2);

        Assert.Equal([3, 3], batches.Select(batch => batch.Skipped));
        Assert.Equal(new PairPosition(0, 10), batches[0].Next);
        Assert.Equal([0, 2, 3, 5, 6, 8, 9], _images.Read(source, 7, 1));
    }

    [Fact]
    public void Batches_CaptionMissing_IsAnUnreadableSample()
    {
        _images.Write(3);
        using var source = CaptionedImages.From(
            [new(_images.File("0.png"), "0"), new(_images.File("1.png"), " "), new(_images.File("2.png"), "2")], _images.Options with { Shuffle = false });

        Assert.Equal([0, 2], _images.Read(source, 2, 1));
    }

    [Fact]
    public void Batches_TooManyUnreadable_ThrowsNamingOne()
    {
        _images.Write(5);
        using var source = _images.Listed(40, _images.Options with { Shuffle = false, MaxCorruptShare = 0.2 });

        var exception = Assert.Throws<PairDataException>(() => _images.Read(source, 10, 1));

        Assert.Contains("25.png", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Batches_NoneAllowedUnreadable_ThrowsAtTheFirst()
    {
        _images.Write(2);
        using var source = _images.Listed(3, _images.Options with { Shuffle = false, MaxCorruptShare = 0 });

        Assert.Throws<PairDataException>(() => _images.Read(source, 3, 1));
    }

    [Fact]
    public void Batches_AllUnreadable_EndsRatherThanSearchingForEver()
    {
        using var source = _images.Listed(3, _images.Options with { MaxCorruptShare = 1 });

        Assert.Throws<PairDataException>(() => _images.Read(source, 2, 1));
    }

    [Fact]
    [NoTensorLeaks]
    public void Batches_LeftEarly_ReleasesWhatWasPreparedAhead()
    {
        _images.Write(6);
        using var source = _images.Listed(6, _images.Options with { BatchesAhead = 3 });

        for (var attempt = 0; attempt < 5; attempt++)
            _images.Read(source, 2, 1);
    }

    [Fact]
    [NoTensorLeaks]
    public void Batches_Cancelled_Throws()
    {
        _images.Write(6);
        using var source = _images.Listed(6);
        using var cancellation = new CancellationTokenSource();

        Assert.ThrowsAny<OperationCanceledException>(() =>
        {
            foreach (var batch in source.Batches(2, PairPosition.Start, cancellation.Token))
            {
                batch.Dispose();
                cancellation.Cancel();
            }
        });
    }

    [Fact]
    public void Batches_LargerThanAnEpoch_ThrowsArgumentOutOfRangeException()
    {
        using var source = _images.Listed(3);
        Assert.Throws<ArgumentOutOfRangeException>(() => source.Batches(4, PairPosition.Start));
        Assert.Throws<ArgumentOutOfRangeException>(() => source.Batches(0, PairPosition.Start));
    }

    [Fact]
    public void FromClassFolders_Images_GetPromptsOfTheirFolder()
    {
        foreach (var name in (string[])["red_panda", "cat"])
        {
            Directory.CreateDirectory(Path.Combine(_images.Path, "classes", name));
            for (var number = 0; number < 4; number++)
                File.WriteAllBytes(Path.Combine(_images.Path, "classes", name, $"{number}.png"), TinyImages.Encode(number));
        }
        File.WriteAllText(Path.Combine(_images.Path, "classes", "cat", "notes.txt"), "no image");
        using var source = CaptionedImages.FromClassFolders(Path.Combine(_images.Path, "classes"), ["a {}", "{}!"], _images.Options,
            new Dictionary<string, string> { ["cat"] = "dog" });

        var captions = source.Batches(8, PairPosition.Start).Take(3).SelectMany(batch => { using (batch) return _images.Captions(batch); }).ToList();

        Assert.Equal(["adog", "aredpanda", "dog!", "redpanda!"], captions.Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(12, captions.Count(caption => caption.Contains("dog", StringComparison.Ordinal)));
    }

    [Fact]
    public void FromClassFolders_LinkInCircle_IsNotFollowed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need rights on Windows.");
        var folder = Path.Combine(_images.Path, "classes", "cat", "more");
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, "1.png"), TinyImages.Encode(1));
        Directory.CreateSymbolicLink(Path.Combine(folder, "loop"), Path.Combine(_images.Path, "classes"));
        Directory.CreateSymbolicLink(Path.Combine(_images.Path, "classes", "dog"), folder);

        using var source = CaptionedImages.FromClassFolders(Path.Combine(_images.Path, "classes"), ["{}"], _images.Options);

        Assert.Equal(["cat", "dog"], source.Images.Select(image => image.Caption));
        Assert.Empty(source.UnreadableFolders);
    }

    [Fact]
    public void FromClassFolders_TemplateWithoutPlace_ThrowsArgumentException() =>
        Assert.Throws<ArgumentException>(() => CaptionedImages.FromClassFolders(_images.Path, ["a photo"], _images.Options));

    [Fact]
    public void FromClassFolders_NoImages_ThrowsPairDataException() =>
        Assert.Throws<PairDataException>(() => CaptionedImages.FromClassFolders(_images.Path, ["a {}"], _images.Options));

    [Fact]
    public void Identity_OtherSettings_Differs()
    {
        using var one = _images.Listed(3);
        using var seed = _images.Listed(3, _images.Options with { Seed = 8 });
        using var count = _images.Listed(4);
        using var augmentation = _images.Listed(3, _images.Options with { Augmentation = null });

        Assert.Equal(4, new[] { one, seed, count, augmentation }.Select(source => source.Identity).Distinct().Count());
        Assert.DoesNotContain('\n', one.Identity);
        Assert.DoesNotContain(_images.Path, one.Identity, StringComparison.Ordinal);
    }

    [Fact]
    public void From_TokenizerThatThrows_ThrowsArgumentException()
    {
        var tokenizer = ClipTokenizer.Load(_images.Path);
        Assert.Throws<ArgumentException>(() => _images.Listed(3, _images.Options with { Tokenizer = tokenizer }));
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(-1, 1)]
    [InlineData(0, 0)]
    public void From_RanksThatMakeNoSense_ThrowsArgumentException(int rank, int ranks) =>
        Assert.Throws<ArgumentException>(() => _images.Listed(3, _images.Options with { Rank = rank, WorldSize = ranks }));
}
