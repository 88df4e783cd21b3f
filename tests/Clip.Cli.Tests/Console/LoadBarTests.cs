using Clip.Cli.Tests.Support;

namespace Clip.Cli.Tests.Console;

public sealed class LoadBarTests(TinyModel tiny)
{
    [Fact]
    public void Report_ReadingWeights_MovesByBytesInFewSteps()
    {
        var seen = new Seen();
        var bar = new LoadBar(seen);

        bar.Report(new LoadProgress(LoadStage.Reading, "model"));
        for (var read = 1L; read <= 100_000; read++)
            bar.Report(new LoadProgress(LoadStage.Reading, "model", read, 100_000));

        Assert.Equal((0, null), seen.Values[0]);
        Assert.Equal((100_000, 100_000), seen.Values[^1]);
        Assert.InRange(seen.Values.Count, 100, 202);
    }

    [Fact]
    public async Task Load_Folder_TellsTheBytesOfAllWeights()
    {
        var seen = new Seen();

        using var clip = await ClipModel.LoadAsync(tiny.Folder, new ClipModelOptions { Device = "cpu" }, new LoadBar(seen), Patience.Token);

        var steps = seen.Values.Where(value => value.Total is not null).ToList();
        var total = Assert.Single(steps.Select(value => value.Total).Distinct());
        Assert.Equal(total, steps.Max(value => value.Done));
        Assert.InRange(total!.Value, 1, new FileInfo(Directory.GetFiles(tiny.Folder, "*.safetensors").Single()).Length);
    }

    private sealed class Seen : IProgress<(double Done, double? Total)>
    {
        public List<(double Done, double? Total)> Values { get; } = [];

        public void Report((double Done, double? Total) value) => Values.Add(value);
    }
}
