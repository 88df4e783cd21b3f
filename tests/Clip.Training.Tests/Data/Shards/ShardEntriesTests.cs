using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Clip.Training.Data;

namespace Clip.Training.Tests.Data;

/// <summary>What the entries of shards are, in all forms that tar files have.</summary>
public sealed class ShardEntriesTests : IDisposable
{
    private readonly TinyImages _images = new();

    private PairSourceOptions Options => _images.Options with { Shuffle = false };

    public void Dispose() => _images.Dispose();

    [Theory]
    [InlineData("appledouble.tar")]
    [InlineData("folder-between.tar")]
    [InlineData("readme-between.tar")]
    public void Batches_EntriesOfNoSample_DoNotEndTheSampleAroundThem(string name)
    {
        using var source = new WebDataset(Fixtures.Find("shards", name), Options with { MaxCorruptShare = 0 });

        var batch = TinyImages.Record(source, 6, 1)[0];

        Assert.Equal(0, batch.Skipped);
    }

    [Theory]
    [InlineData("._a.png", '0')]
    [InlineData("folder/._a.png", '0')]
    [InlineData("README", '0')]
    [InlineData("b.png", '2')]
    [InlineData("b.png", '1')]
    [InlineData("b.png/", '5')]
    [InlineData("b.png", '6')]
    [InlineData("folder/", '\0')]
    [InlineData("pax_global_header", 'g')]
    public void Batches_EntryThatIsNoSample_IsNotThere(string name, char type)
    {
        _images.Write("000.tar", new TarBlocks()
            .Add("a.png", TinyImages.Encode(1)).Add(name, [], type).Add("a.txt", "1"u8.ToArray()).AddPair("c", 2).ToArray());

        AssertReads([1, 2], skipped: 0);
    }

    [Fact]
    public void Batches_ShardOfOneSparseFile_CountsOneUnreadableSample()
    {
        File.Copy(Fixtures.Find("shards", "sparse-entry.tar"), _images.File("000.tar"));
        _images.Write("001.tar", new TarBlocks().AddPair("a", 1).AddPair("b", 2).ToArray());
        using var source = new WebDataset(_images.File("{000..001}.tar"), Options);

        Assert.Equal(1, TinyImages.Record(source, 2, 1)[0].Skipped);
        Assert.Equal([1, 2], _images.Read(source, 2, 1));
    }

    [Fact]
    public void Batches_SparseEntriesAmongOthers_LoseTheirSamplesAlone()
    {
        byte[] sparsePax = [.. TarBlocks.Record("GNU.sparse.major", "1"), .. TarBlocks.Record("GNU.sparse.minor", "0"), .. TarBlocks.Record("path", "d.png")];
        var more = new byte[512];
        more[504] = 1;
        _images.Write("000.tar", new TarBlocks()
            .AddPair("a", 1)
            .Add("b.png", [], 'S', size: 512, header => header[482] = 1).AddBlocks(more).AddBlocks(new byte[512]).AddBlocks(new byte[512])
            .Add("b.txt", "9"u8.ToArray())
            .AddPair("c", 2)
            .Add("PaxHeaders/d.png", sparsePax, 'x').Add("GNUSparseFile.0/d.png", new byte[512]).Add("d.txt", "9"u8.ToArray())
            .AddPair("e", 3).ToArray());

        AssertReads([1, 2, 3], skipped: 2);
    }

    [Theory]
    [InlineData(TarEntryFormat.V7, 20)]
    [InlineData(TarEntryFormat.Ustar, 20)]
    [InlineData(TarEntryFormat.Ustar, 150)]
    [InlineData(TarEntryFormat.Pax, 20)]
    [InlineData(TarEntryFormat.Pax, 400)]
    [InlineData(TarEntryFormat.Gnu, 20)]
    [InlineData(TarEntryFormat.Gnu, 400)]
    public void Batches_EveryFormOfTar_IsRead(TarEntryFormat format, int nameLength)
    {
        using (var stream = File.Create(_images.File("000.tar")))
        using (var tar = new TarWriter(stream, format))
        {
            for (var number = 1; number <= 3; number++)
            {
                // A prefix has room for folders alone.
                var key = $"{new string('f', nameLength / 2)}/{new string('n', nameLength / 2)}{number}";
                Add($"{key}.png", TinyImages.Encode(number));
                Add($"{key}.txt", Encoding.UTF8.GetBytes($"{number}"));
            }

            void Add(string name, byte[] data)
            {
                TarEntry entry = format switch
                {
                    TarEntryFormat.V7 => new V7TarEntry(TarEntryType.V7RegularFile, name),
                    TarEntryFormat.Ustar => new UstarTarEntry(TarEntryType.RegularFile, name),
                    TarEntryFormat.Pax => new PaxTarEntry(TarEntryType.RegularFile, name),
                    _ => new GnuTarEntry(TarEntryType.RegularFile, name),
                };
                entry.DataStream = new MemoryStream(data);
                tar.WriteEntry(entry);
            }
        }

        AssertReads([1, 2, 3], skipped: 0);
    }

    [Fact]
    public void Batches_BinarySizesAndNamesOfOtherEncodings_AreRead()
    {
        var image = TinyImages.Encode(2);
        var blocks = new TarBlocks()
            .Add("a.png", image, change: header =>
            {
                header.AsSpan(124, 12).Clear();
                header[124] = 0x80;
                header[134] = (byte)(image.Length >> 8);
                header[135] = (byte)image.Length;
            })
            .Add("a.txt", "2"u8.ToArray());
        // Two names that would be one if what is no UTF-8 were replaced.
        foreach (var (letter, number) in new[] { (0xE9, 3), (0xE8, 4) })
        {
            blocks.Add("?.png", TinyImages.Encode(number), change: header => header[0] = (byte)letter);
            blocks.Add("?.txt", Encoding.UTF8.GetBytes($"{number}"), change: header => header[0] = (byte)letter);
        }
        _images.Write("000.tar", blocks.ToArray());

        AssertReads([2, 3, 4], skipped: 0);
    }

    [Fact]
    public void Batches_LongAttributes_AreSkippedInLittleMemory()
    {
        var attribute = TarBlocks.Record("LIBARCHIVE.xattr.com.apple.ResourceFork", new string('x', 8 << 20));
        var blocks = new TarBlocks();
        for (var number = 1; number <= 3; number++)
        {
            blocks.Add("PaxHeaders", [.. attribute, .. TarBlocks.Record("path", $"long{number}.png")], 'x').Add("short.png", TinyImages.Encode(number));
            blocks.Add($"long{number}.txt", Encoding.UTF8.GetBytes($"{number}"));
        }
        _images.Write("000.tar", blocks.ToArray());
        AssertReads([1, 2, 3], skipped: 0);

        using var source = new WebDataset(_images.File("000.tar"), Options);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        _images.Read(source, 3, 1);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 8 << 20);
    }

    [Theory]
    [InlineData("2000000000 comment=", 'x')]
    [InlineData("99999999999999999999 comment=x\n", 'x')]
    [InlineData("0 path=x\n", 'x')]
    [InlineData("11 path", 'x')]
    [InlineData("no record", 'x')]
    [InlineData("15 size=12x45\n\n", 'x')]
    [InlineData("20 GNU.sparse.name", 'x')]
    public void Batches_BrokenAttributes_LoseTheRestOfTheirShardAlone(string records, char type)
    {
        _images.Write("000.tar", new TarBlocks().AddPair("a", 1).Add("PaxHeaders", Encoding.ASCII.GetBytes(records), type).AddPair("b", 8).ToArray());
        _images.Write("001.tar", new TarBlocks().AddPair("c", 2).AddPair("d", 3).ToArray());

        AssertReads([1, 2, 3], skipped: 1);
    }

    [Theory]
    [InlineData('x')]
    [InlineData('L')]
    [InlineData('0')]
    public void Batches_EntryThatClaimsMoreThanThereIs_LosesTheRestOfItsShardAlone(char type)
    {
        _images.Write("000.tar", new TarBlocks().AddPair("a", 1).Add("b.png", "30 comment=x"u8.ToArray(), type, size: 1L << 32).ToArray());
        _images.Write("001.tar", new TarBlocks().AddPair("c", 2).AddPair("d", 3).ToArray());

        AssertReads([1, 2, 3], skipped: type == '0' ? 2 : 1);
    }

    [Fact]
    public void Batches_PackedZerosThatNobodyAskedFor_ArePassedOverInLittleMemory()
    {
        _images.Write("whole.tar", new TarBlocks().AddPair("a", 1).Add("a.npy", new byte[64 << 20]).AddPair("b", 2).ToArray());
        using (var packed = new GZipStream(File.Create(_images.File("000.tar.gz")), CompressionLevel.Fastest))
            packed.Write(File.ReadAllBytes(_images.File("whole.tar")));
        using var source = new WebDataset(_images.File("000.tar.gz"), Options);

        var before = GC.GetTotalAllocatedBytes(precise: true);
        Assert.Equal([1, 2], _images.Read(source, 2, 1));
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 8 << 20);
    }

    [Fact]
    public void Batches_CaptionThatIsNotUtf8_IsUnreadable()
    {
        _images.Write("000.tar", new TarBlocks()
            .Add("a.png", TinyImages.Encode(1)).Add("a.txt", [0x63, 0x61, 0x66, 0xE9])
            .Add("b.png", TinyImages.Encode(2)).Add("b.txt", [0xEF, 0xBB, 0xBF, (byte)'2'])
            .AddPair("c", 3).ToArray());

        AssertReads([2, 3], skipped: 1);
    }

    [Fact]
    public void Batches_JsonThatIsNotUtf8_IsUnreadable()
    {
        _images.Write("000.tar", new TarBlocks()
            .Add("a.png", TinyImages.Encode(1)).Add("a.json", [.. "{\"caption\": \"1\", \"credit\": \"Ren"u8, 0xE9, .. "\"}"u8])
            .Add("b.png", TinyImages.Encode(2)).Add("b.json", "{\"caption\": \"\\ud83d\"}"u8.ToArray())
            .Add("c.png", TinyImages.Encode(3)).Add("c.json", [0xEF, 0xBB, 0xBF, .. "{\"caption\": \"3\"}"u8]).ToArray());
        var reading = new WebDatasetOptions { CaptionEnding = "json", CaptionProperty = "caption" };
        using var source = new WebDataset([new ShardSet(_images.File("000.tar"))], Options, reading);

        Assert.Equal(2, TinyImages.Record(source, 1, 1)[0].Skipped);
        Assert.Equal([3], _images.Read(source, 1, 1));
    }

    [Fact]
    public void Batches_SampleWithTwoEntriesOfOneName_IsUnreadable()
    {
        _images.Write("000.tar", new TarBlocks().AddPair("a", 1).AddPair("a", 2).AddPair("b", 3).ToArray());

        AssertReads([3], skipped: 1);
    }

    [Fact]
    public void Batches_ShardThatVanished_CountsOneUnreadableSample()
    {
        _images.Write("000.tar", new TarBlocks().AddPair("a", 1).ToArray());
        _images.Write("001.tar", new TarBlocks().AddPair("b", 2).ToArray());
        using var source = new WebDataset(_images.File("{000..001}.tar"), Options);
        File.Delete(_images.File("000.tar"));

        Assert.Equal(1, TinyImages.Record(source, 1, 1)[0].Skipped);
        Assert.Equal([2], _images.Read(source, 1, 1));
    }

    // Reads one batch of all shards that were written.
    private void AssertReads(int[] numbers, int skipped)
    {
        using var source = new WebDataset(_images.Path, Options);
        using var batch = source.Batches(numbers.Length, PairPosition.Start).First();
        Assert.Equal(numbers, _images.Numbers(batch));
        Assert.Equal(skipped, batch.Skipped);
    }
}
