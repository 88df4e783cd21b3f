using System.Buffers.Binary;
using Clip.Checkpoints.Tests.Support;

namespace Clip.Checkpoints.Tests;

/// <summary>Whatever is done to a small valid file, it loads or it is refused, in little memory and time.</summary>
[NoTensorLeaks]
public sealed class MutationTests
{
    private const int Rounds = 1500;
    private const long MostAllocatedBytes = 20_000_000;

    // Pickle instructions, digits, JSON punctuation and extreme bytes.
    private static readonly byte[] Interesting =
    [
        .. "(.012JKMNQRXabcehjqrst)u]}{[\",:-+eE9"u8,
        0x00, 0x80, 0x81, 0x85, 0x86, 0x87, 0x8A, 0x8B, 0x8C, 0x93, 0x94, 0x95, 0xFF,
    ];

    [Theory]
    [InlineData("checkpoints/zoo.safetensors")]
    [InlineData("checkpoints/zoo_header_order.safetensors")]
    [InlineData("checkpoints/zoo_tensors_zip.pt")]
    [InlineData("checkpoints/zoo_tensors_zip_proto4.pt")]
    [InlineData("checkpoints/zoo_tensors_legacy.pt")]
    [InlineData("checkpoints/zoo_python_objects.pt")]
    [InlineData("checkpoints/zoo_python_objects_legacy.pt")]
    [InlineData("hostile/hf_index/undeclared_tensor/model.safetensors.index.json")]
    public void Open_RandomlyChangedFile_LoadsOrThrowsCheckpointException(string fixture)
    {
        var original = File.ReadAllBytes(Fixtures.Find(fixture.Split('/')));
        using var folder = new TemporaryFolder();
        File.Copy(Fixtures.Find("hostile", "hf_index", "undeclared_tensor", "s1.safetensors"), folder.File("s1.safetensors"));
        AssertSurvives(folder, Enumerable.Range(0, Rounds).Select(seed => (seed, Mutate(original, new Random(seed)))));
    }

    [Fact]
    public void Open_ChangedPickleWithTheRightChecksum_LoadsOrThrowsCheckpointException()
    {
        // Changes inside an archive are mostly caught by its checksum; here each changed pickle gets an archive of its own.
        var pickle = PickleBytes.Proto().Global("__torch__.model", "Net").EmptyTuple().NewObj().EmptyDict().Mark()
            .Text("w").BinPut(0).Tensor("FloatStorage", "0", 4, 1, [1, 2], [2, 1])
            .Text("v").Tensor("FloatStorage", "0", 4, 0, [4], [1])
            .Text("list").EmptyList().BinPut(1).Mark().Int(5).BinGet(0).Ints(1, 2, 3).Raw((byte)'e')
            .SetItems().Build().Stop();
        using var folder = new TemporaryFolder();

        AssertSurvives(folder, Enumerable.Range(0, 3 * Rounds).Select(seed =>
            (seed, TorchArchive.From(Mutate(pickle, new Random(seed)), isTorchScript: true, ("0", new byte[16])))));
    }

    private static void AssertSurvives(TemporaryFolder folder, IEnumerable<(int Seed, byte[] Bytes)> cases)
    {
        foreach (var (seed, bytes) in cases)
        {
            var path = folder.Write("mutated", bytes);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                ReadEverything(path, 2 * bytes.Length);
            }
            catch (CheckpointException)
            {
                // The other good outcome.
            }
            catch (Exception e)
            {
                Assert.Fail($"Seed {seed}: {e}");
            }
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < MostAllocatedBytes, $"Seed {seed} allocated {allocated:N0} bytes.");
        }
    }

    private static void ReadEverything(string path, long mostElements)
    {
        using var checkpoint = Checkpoint.Open(path);
        foreach (var (name, info) in checkpoint.Tensors)
        {
            Assert.InRange(info.ElementCount, 0, mostElements);
            checkpoint.ReadTensor(name).Dispose();
        }
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        var bytes = original.ToList();
        for (var changes = random.Next(1, 4); changes > 0 && bytes.Count > 0; changes--)
        {
            var place = random.Next(bytes.Count);
            var length = random.Next(1, Math.Min(24, bytes.Count - place) + 1);
            switch (random.Next(8))
            {
                case 0: bytes[place] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[place] = (byte)random.Next(256); break;
                case 2: bytes.RemoveRange(place, random.Next(4) == 0 ? bytes.Count - place : length); break;
                case 3: bytes.InsertRange(place, Noise(random, length)); break;
                case 4: bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(place, length)); break;
                case 5: WriteNumber(bytes, place, random); break;
                case 6: WriteNumber(bytes, Math.Max(0, bytes.Count - random.Next(1, 80)), random); break;
                default: bytes[place] = Interesting[random.Next(Interesting.Length)]; break;
            }
        }
        return [.. bytes];
    }

    private static byte[] Noise(Random random, int length)
    {
        var noise = new byte[length];
        random.NextBytes(noise);
        return noise;
    }

    private static void WriteNumber(List<byte> bytes, int place, Random random)
    {
        long[] numbers = [0, 1, -1, int.MaxValue, int.MinValue, uint.MaxValue, long.MaxValue, long.MinValue, 1 << 20, 1L << 40, bytes.Count, bytes.Count - 8];
        var number = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(number, numbers[random.Next(numbers.Length)]);
        var width = 1 << random.Next(4);
        for (var i = 0; i < width && place + i < bytes.Count; i++)
            bytes[place + i] = number[i];
    }
}
