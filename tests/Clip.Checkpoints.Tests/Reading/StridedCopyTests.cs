using System.Runtime.InteropServices;
using Clip.Checkpoints.Tests.Support;

namespace Clip.Checkpoints.Tests.Reading;

/// <summary>Tensors that are larger than the staging buffer, in every layout, on both sides.</summary>
[NoTensorLeaks]
public sealed class StridedCopyTests
{
    public static TheoryData<int[], int[], int> Layouts => new()
    {
        { [700, 1000], [1000, 1], 0 },             // contiguous
        { [700, 1000], [1, 700], 0 },              // transposed
        { [3, 350, 600], [600, 1800, 1], 0 },      // permuted
        { [500, 700], [1000, 1], 250 },            // columns of a wider matrix
        { [350, 500], [2000, 2], 1 },              // every other row and column
        { [700, 1, 1000], [1000, 7, 1], 0 },       // a dimension of one with a meaningless stride
        { [3, 7, 5], [0, 5, 1], 40 },              // expanded
        { [2, 2], [680000, 9999], 17 },            // far apart
        { [70000, 3], [1, 2], 5 },                 // overlapping windows
        { [2, 350000], [350000, 1], 0 },           // rows longer than the buffer
    };

    [Theory]
    [MemberData(nameof(Layouts))]
    public void ReadTensor_Strided_EqualsLibtorchsOwnView(int[] sizes, int[] strides, int offset)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var checkpoint = Checkpoint.Open(folder.Write("strided.pt", Archive(sizes, strides, offset)));
        var view = arange(Count, dtype: float32).as_strided(Longs(sizes), Longs(strides), offset);

        TensorAssert.BitEqual(view.contiguous(), checkpoint.ReadTensor("w"));
        TensorAssert.BitEqual(view.contiguous().to(float64), checkpoint.ReadTensor("w", ScalarType.Float64));

        var across = zeros([.. Longs(sizes).Reverse()]).permute([.. Enumerable.Range(0, sizes.Length).Reverse().Select(i => (long)i)]);
        checkpoint.CopyTo("w", across);
        TensorAssert.BitEqual(view.contiguous(), across.contiguous());
    }

    [Fact]
    public void ReadTensor_LargerThanTheStagingBuffer_IsConvertedInPieces()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var values = randn(3, 411, 1013, dtype: float16);
        var path = SafetensorsFile.Write(folder.File("a.safetensors"), [new("w", values)]);
        using var checkpoint = Checkpoint.Open(path);

        TensorAssert.BitEqual(values, checkpoint.ReadTensor("w"));
        TensorAssert.BitEqual(values.to(float32), checkpoint.ReadTensor("w", ScalarType.Float32));
    }

    private const int Count = 700_000;

    private static long[] Longs(int[] values) => [.. values.Select(value => (long)value)];

    private static byte[] Archive(int[] sizes, int[] strides, int offset)
    {
        var values = Enumerable.Range(0, Count).Select(i => (float)i).ToArray();
        var pickle = PickleBytes.Proto().EmptyDict().Text("w").Tensor("FloatStorage", "0", Count, offset, sizes, strides).SetItem().Stop();
        return TorchArchive.From(pickle, ("0", MemoryMarshal.AsBytes(values.AsSpan()).ToArray()));
    }
}
