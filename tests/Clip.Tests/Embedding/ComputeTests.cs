namespace Clip.Tests;

public sealed class ComputeTests(TinyModel tiny) : IClassFixture<TinyModel>
{
    [Fact, NoTensorLeaks]
    public async Task ComputeAsync_Pass_GivesItsRowsAndLeavesItsInput()
    {
        using var input = tensor(new double[,] { { 0, 1, 2 }, { 3, 4, 5 } });

        Assert.Equal([[0, 1, 2], [3, 4, 5]], await tiny.Clip.ComputeAsync(_ => input));
        Assert.Equal([[0, 2, 4], [6, 8, 10]], await tiny.Clip.ComputeAsync(_ => input * 2));

        using var sum = input.sum();
        Assert.Equal(15, sum.item<double>());
    }

    [Fact]
    public async Task ComputeAsync_PassThatFails_GivesItsException()
    {
        await Assert.ThrowsAsync<InvalidDataException>(() => tiny.Clip.ComputeAsync(_ => throw new InvalidDataException()));
        await Assert.ThrowsAsync<ArgumentNullException>(() => tiny.Clip.ComputeAsync(null!));
    }

    [Fact]
    public async Task ComputeAsync_Disposed_ThrowsObjectDisposedException()
    {
        var clip = ClipModel.Load(tiny.Folder, new ClipModelOptions { Device = "cpu" });
        clip.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => clip.ComputeAsync(_ => zeros(1, 1)));
    }
}
