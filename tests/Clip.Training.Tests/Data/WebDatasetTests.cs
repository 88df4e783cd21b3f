using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Clip.Preprocessing;
using Clip.Training.Data;

namespace Clip.Training.Tests.Data;

/// <summary>Batches of images in tar files.</summary>
public sealed class WebDatasetTests : IDisposable
{
    private readonly TinyImages _images = new();

    public void Dispose() => _images.Dispose();

    [Fact]
    public void Batches_OneEpoch_HasEverySampleOnce()
    {
        var shards = WriteShards(3, 5);
        using var source = new WebDataset(shards, _images.Options);

        var numbers = _images.Read(source, 5, 6);

        Assert.Equal(Enumerable.Range(0, 15), numbers[..15].Order());
        Assert.Equal(Enumerable.Range(0, 15), numbers[15..].Order());
        Assert.NotEqual(numbers[..15], numbers[15..]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(1000)]
    public void Batches_FromEveryPosition_ContinueBitEqual(int buffer)
    {
        var shards = WriteShards(3, 5);
        Write("extra.tar", ("x.jpg", [1, 2]), ("x.txt", "99"u8.ToArray()));
        var reading = new WebDatasetOptions { ShuffleBuffer = buffer };
        var sets = new[] { new ShardSet(shards, 1.4), new ShardSet(_images.File("extra.tar")) };
        var options = _images.Options with { Augmentation = new AugmentationConfig { MinScale = 0.2 } };
        using var whole = new WebDataset(sets, options with { Threads = 1 }, reading);
        var expected = TinyImages.Record(whole, 4, 9);

        for (var taken = 1; taken < expected.Count; taken++)
        {
            using var resumed = new WebDataset(sets, options with { Threads = 2 }, reading);
            Assert.Equal(whole.Identity, resumed.Identity);
            TinyImages.AssertEqual(expected.Skip(taken), TinyImages.Record(resumed, 4, expected.Count - taken, expected[taken - 1].Next));
        }
    }

    [Fact]
    public void Batches_Unshuffled_ComeAsStored()
    {
        using var source = new WebDataset(WriteShards(2, 3), _images.Options with { Shuffle = false });

        Assert.Equal([0, 1, 2, 3, 4, 5], _images.Read(source, 3, 2));
    }

    [Fact]
    public void Batches_SeveralRanks_ShareTheShardsOut()
    {
        var shards = WriteShards(4, 3);
        for (var epoch = 0; epoch < 3; epoch++)
        {
            var read = new List<int>();
            for (var rank = 0; rank < 2; rank++)
            {
                using var source = new WebDataset(shards, _images.Options with { Rank = rank, WorldSize = 2 });
                read.AddRange(_images.Read(source, 6, 1, new PairPosition(epoch, 0)));
            }
            Assert.Equal(Enumerable.Range(0, 12), read.Order());
        }
    }

    [Fact]
    public void Batches_Weights_SetHowOftenAnEpochReadsAShard()
    {
        WriteShards(4, 2);
        Write("other.tar", Pair("x", 100));
        var sets = new[] { new ShardSet(_images.File("{000..003}.tar"), 0.5), new ShardSet(_images.File("other.tar"), 3) };
        using var source = new WebDataset(sets, _images.Options);

        var epochs = _images.Read(source, 7, 8).Chunk(7).ToList();

        Assert.All(epochs, epoch =>
        {
            Assert.Equal(3, epoch.Count(number => number == 100));
            Assert.Equal(4, epoch.Where(number => number != 100).Distinct().Count());
        });
        Assert.Equal(9, epochs.SelectMany(epoch => epoch).Distinct().Count());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(300)]
    [InlineData(700)]
    [InlineData(1100)]
    public void Batches_TruncatedShard_GivesItsWholeSamplesAndOneUnreadable(int missing)
    {
        Write("whole.tar", Pair("a", 0), Pair("b", 1), Pair("c", 2));
        var bytes = File.ReadAllBytes(_images.File("whole.tar"));
        // Two blocks of zeros, and what fills the last record, end the file.
        var end = bytes.Length - bytes.Reverse().TakeWhile(value => value == 0).Count();
        _images.Write("000.tar", bytes[..(end - missing)]);
        Write("001.tar", Pair("d", 3), Pair("e", 4));
        using var source = new WebDataset(_images.File("{000..001}.tar"), _images.Options with { Shuffle = false });

        var batch = TinyImages.Record(source, 4, 1)[0];

        Assert.InRange(batch.Skipped, 1, 2);
        Assert.Equal([0, 1, 3, 4], _images.Read(source, 4, 1));
    }

    [Fact]
    public void Batches_HostileEntries_AreReadAsNamesOrSkipped()
    {
        using (var stream = File.Create(_images.File("hostile.tar")))
        using (var tar = new TarWriter(stream, TarEntryFormat.Pax))
        {
            Add(tar, "../../outside.png", TinyImages.Encode(1));
            Add(tar, "../../outside.txt", "1"u8.ToArray());
            tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, "/etc/"));
            tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "link.png") { LinkName = "/etc/passwd" });
            Add(tar, "/absolute/2.png", TinyImages.Encode(2));
            Add(tar, "/absolute/2.txt", "2"u8.ToArray());
            Add(tar, "no-image.txt", "3"u8.ToArray());
            Add(tar, "no-caption.png", TinyImages.Encode(3));
            Add(tar, "long.png", TinyImages.Encode(3));
            Add(tar, "long.txt", new byte[(1 << 20) + 1]);
            Add(tar, "README", "no sample"u8.ToArray());
            Add(tar, new string('n', 3000) + ".png", TinyImages.Encode(4));
            Add(tar, new string('n', 3000) + ".txt", "4"u8.ToArray());
        }
        var outside = Path.GetFullPath(Path.Combine(_images.Path, "../../outside.png"));
        using var source = new WebDataset(_images.File("hostile.tar"), _images.Options with { Shuffle = false });

        var batch = TinyImages.Record(source, 3, 1)[0];

        Assert.Equal(3, batch.Skipped);
        Assert.Equal([1, 2, 4], _images.Read(source, 3, 1));
        Assert.False(File.Exists(outside));
    }

    [Fact]
    public void Batches_EntryThatClaimsGigabytes_IsSkippedWithoutRoomForIt()
    {
        Write("000.tar", Pair("a", 1), Pair("b", 2));
        var bytes = File.ReadAllBytes(_images.File("000.tar"));
        // The size of the first entry, in octal digits, and the header's checksum.
        Encoding.ASCII.GetBytes("17777777777\0").CopyTo(bytes, 124);
        Encoding.ASCII.GetBytes("        ").CopyTo(bytes, 148);
        Encoding.ASCII.GetBytes(Convert.ToString(bytes.Take(512).Sum(value => value), 8).PadLeft(6, '0') + "\0 ").CopyTo(bytes, 148);
        _images.Write("000.tar", bytes);
        Write("001.tar", Pair("c", 3), Pair("d", 4));
        using var source = new WebDataset(_images.File("{000..001}.tar"), _images.Options with { Shuffle = false });

        var before = GC.GetTotalAllocatedBytes(precise: true);
        Assert.Equal([3, 4], _images.Read(source, 2, 1));
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 64 << 20);
    }

    [Fact]
    public void Batches_CompressedShard_IsUnpacked()
    {
        Write("whole.tar", Pair("a", 1), Pair("b", 2));
        using (var packed = new GZipStream(File.Create(_images.File("000.tar.gz")), CompressionLevel.Fastest))
            packed.Write(File.ReadAllBytes(_images.File("whole.tar")));
        using var source = new WebDataset(_images.File("000.tar.gz"), _images.Options with { Shuffle = false });

        Assert.Equal([1, 2], _images.Read(source, 2, 1));
    }

    [Fact]
    public void Batches_CaptionsInJson_AreTakenFromTheProperty()
    {
        Write("000.tar",
            [("a.png", TinyImages.Encode(1)), ("a.json", """{"caption": "1", "width": 9}"""u8.ToArray()),
             ("b.png", TinyImages.Encode(2)), ("b.json", "{\"caption\": 2}"u8.ToArray()),
             ("c.png", TinyImages.Encode(3)), ("c.json", "{\"caption\": "u8.ToArray()),
             ("d.png", TinyImages.Encode(4)), ("d.json", """{"caption": "4"}"""u8.ToArray())]);
        using var source = new WebDataset(
            [new ShardSet(_images.File("000.tar"))], _images.Options with { Shuffle = false }, new WebDatasetOptions { CaptionEnding = "json", CaptionProperty = "caption" });

        Assert.Equal([1, 4], _images.Read(source, 2, 1));
    }

    [Fact]
    public void Batches_FewerSamplesThanABatch_ThrowsPairDataException()
    {
        using var source = new WebDataset(WriteShards(1, 3), _images.Options);
        Assert.Throws<PairDataException>(() => _images.Read(source, 4, 1));
    }

    [Fact]
    [NoTensorLeaks]
    public void Batches_LeftEarly_ReleasesWhatWasPreparedAhead()
    {
        using var source = new WebDataset(WriteShards(2, 4), _images.Options);
        _images.Read(source, 2, 1);
    }

    [Theory]
    [InlineData("{00..03}.tar", "00.tar 01.tar 02.tar 03.tar")]
    [InlineData("{8..11}.tar", "8.tar 9.tar 10.tar 11.tar")]
    [InlineData("{a,b}/{1..2}.tar", "a/1.tar a/2.tar b/1.tar b/2.tar")]
    [InlineData("plain.tar", "plain.tar")]
    [InlineData("odd{}{x}.tar", "odd{}{x}.tar")]
    public void Expand_Braces_GivesTheNamesOfAShell(string pattern, string expected) =>
        Assert.Equal(expected.Split(' '), Clip.Shared.BracePattern.Expand(pattern));

    [Theory]
    [InlineData("{0..999999999}.tar")]
    [InlineData("{0..9999}{0..9999}.tar")]
    [InlineData("{5..2}.tar")]
    public void Expand_TooManyOrNone_ThrowsArgumentException(string pattern) =>
        Assert.Throws<ArgumentException>(() => Clip.Shared.BracePattern.Expand(pattern));

    [Fact]
    public void Constructor_FolderOrList_FindsTheShards()
    {
        WriteShards(3, 1);
        using var folder = new WebDataset(_images.Path, _images.Options);
        using var list = new WebDataset($"{_images.File("000.tar")}::{_images.File("002.tar")}", _images.Options);

        Assert.Equal(["000.tar", "001.tar", "002.tar"], folder.Shards.Select(Path.GetFileName));
        Assert.Equal(["000.tar", "002.tar"], list.Shards.Select(Path.GetFileName));
    }

    [Fact]
    public void Constructor_MissingShard_ThrowsFileNotFoundException() =>
        Assert.Throws<FileNotFoundException>(() => new WebDataset(_images.File("{0..3}.tar"), _images.Options));

    [Fact]
    public void Constructor_FewerShardsThanWorkers_ThrowsArgumentException() =>
        Assert.Throws<ArgumentException>(() => new WebDataset(WriteShards(1, 1), _images.Options with { WorldSize = 2 }));

    [Theory]
    [InlineData(0)]
    [InlineData(double.NaN)]
    [InlineData(1e9)]
    public void Constructor_Weight_ThrowsArgumentException(double weight) =>
        Assert.Throws<ArgumentException>(() => new WebDataset([new ShardSet(WriteShards(1, 1), weight)], _images.Options));

    private string WriteShards(int shards, int samples)
    {
        for (var shard = 0; shard < shards; shard++)
        {
            var first = shard * samples;
            Write($"{shard:D3}.tar", [.. Enumerable.Range(first, samples).SelectMany(number => Pair($"{number:D6}", number))]);
        }
        return _images.File($"{{000..{shards - 1:D3}}}.tar");
    }

    private static (string, byte[])[] Pair(string key, int number) => [($"{key}.png", TinyImages.Encode(number)), ($"{key}.txt", Encoding.UTF8.GetBytes($"{number}"))];

    private void Write(string name, params (string, byte[])[][] pairs) => Write(name, pairs.SelectMany(pair => pair).ToArray());

    private void Write(string name, params (string Name, byte[] Bytes)[] entries)
    {
        using var stream = File.Create(_images.File(name));
        using var tar = new TarWriter(stream, TarEntryFormat.Ustar);
        foreach (var (entry, bytes) in entries)
            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, entry) { DataStream = new MemoryStream(bytes) });
    }

    private static void Add(TarWriter tar, string name, byte[] bytes) =>
        tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(bytes) });
}
