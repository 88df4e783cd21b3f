using Clip.Shared;

namespace Clip.Tests.Shared;

public sealed class TensorRowsTests
{
    public TensorRowsTests() => Runtime.TorchLibraries.EnsureLoaded();

    // A row of 1 MiB, 2,049 times: only the first and the last row take memory.
    [Fact, NoTensorLeaks]
    public void Get_TensorBeyond2GiB_IsTheRowsOwnMemory()
    {
        using var scope = NewDisposeScope();
        var all = empty([2049, 2, 1 << 17], ScalarType.Float32);

        TensorRows.Get<float>(all, 0).Fill(1);
        var last = TensorRows.Get<float>(all, 2048);
        last.Fill(2);
        last[^1] = 3;

        Assert.Equal(1 << 18, last.Length);
        Assert.Equal(1, all[0, 1, 5].item<float>());
        Assert.Equal(2, all[2048, 0, 0].item<float>());
        Assert.Equal(3, all[2048, 1, (1 << 17) - 1].item<float>());
    }

    [Fact]
    public void Get_RowBeyondTheLast_IsRefused()
    {
        using var scope = NewDisposeScope();

        Assert.ThrowsAny<Exception>(() => TensorRows.Get<long>(zeros([2, 3], ScalarType.Int64), 2).Length);
    }

    [Fact, NoTensorLeaks]
    public void ToArrays_Matrix_CopiesItsRows()
    {
        using var matrix = arange(6, ScalarType.Float32).view(2, 3).MoveToOuterDisposeScope();

        var rows = TensorRows.ToArrays(matrix);
        matrix.zero_();

        Assert.Equal([[0, 1, 2], [3, 4, 5]], rows);
    }
}
