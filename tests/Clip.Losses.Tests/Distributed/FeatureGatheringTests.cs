using System.Text.Json;
using Clip.Losses.Distributed;
using Clip.Losses.Tests.Support;
using Clip.Training.Distributed;

namespace Clip.Losses.Tests.Distributed;

/// <summary>Four ranks, compared with four processes of torch.distributed that were recorded: losses and each rank's own gradients.</summary>
public sealed class FeatureGatheringTests
{
    private const int WorkerCount = 4;

    public static TheoryData<bool, bool, ScalarType, int?> ClipCases { get; } = new(
        from local in (bool[])[false, true]
        from withGradient in (bool[])[false, true]
        from dtype in (ScalarType[])[ScalarType.Float32, ScalarType.Float64]
        from chunk in (int?[])[null, 3]
        select (local, withGradient, dtype, chunk));

    [Theory, MemberData(nameof(ClipCases)), NoTensorLeaks]
    public void ClipLoss_FourWorkers_GivesEachTheRecordedGradients(bool local, bool withGradient, ScalarType dtype, int? chunk)
    {
        var name = $"clip.local{(local ? 1 : 0)}.gwg{(withGradient ? 1 : 0)}";
        LocalProcessGroup.Run(WorkerCount, gatherer => Check(
            gatherer,
            name,
            dtype,
            "clip_log_scale",
            () => new ClipLoss(chunk, normalize: false, new FeatureGathering(gatherer) { LocalLoss = local, GatherWithGradient = withGradient }),
            withBias: false));
    }

    [Theory]
    [InlineData("bidir", ScalarType.Float32, null)]
    [InlineData("shift", ScalarType.Float64, null)]
    [InlineData("reduce", ScalarType.Float64, 3)]
    [InlineData("gather", ScalarType.Float64, 1)]
    [NoTensorLeaks]
    public void SigLipLoss_FourWorkers_GivesEachTheRecordedGradients(string exchange, ScalarType dtype, int? chunk) =>
        LocalProcessGroup.Run(WorkerCount, gatherer => Check(
            gatherer,
            $"siglip.{exchange}",
            dtype,
            "siglip_log_scale",
            () => new SigLipLoss(chunk, normalize: false, gatherer),
            withBias: true));

    [Fact, NoTensorLeaks]
    public void Call_GathererReturnsTooFewRows_ThrowsInvalidOperationException()
    {
        using var scope = NewDisposeScope();
        using var loss = new ClipLoss(gathering: new FeatureGathering(new Forgetful()));
        Assert.Throws<InvalidOperationException>(() => loss.call(randn(2, 3), randn(2, 3), tensor(1f)));
    }

    private static void Check(
        IFeatureGatherer gatherer, string name, ScalarType dtype, string logScaleName, Func<ContrastiveLoss> create, bool withBias)
    {
        using var scope = NewDisposeScope();
        using var all = Recorded.Open("distributed_world4");
        using var recorded = new Recorded("distributed_world4", $"rank{gatherer.Rank}.{name}", dtype);
        using var settings = JsonDocument.Parse(File.ReadAllText(Fixtures.Find("losses", "distributed_world4_index.json")));
        var batch = settings.RootElement.GetProperty("per_rank_batch").GetInt32();
        var images = Own(all.ReadTensor("image"));
        var texts = Own(all.ReadTensor("text"));
        var logScale = recorded.Number(settings.RootElement.GetProperty(logScaleName).GetDouble());
        var bias = withBias ? recorded.Number(settings.RootElement.GetProperty("siglip_bias").GetDouble()) : null;
        using var loss = create();

        var value = loss.call(images, texts, logScale.exp(), bias);
        value.backward();

        recorded.RequireClose("loss", value);
        recorded.RequireClose("grad_image", images.grad);
        recorded.RequireClose("grad_text", texts.grad);
        recorded.RequireClose("grad_log_scale", logScale.grad);
        if (withBias)
            recorded.RequireClose("grad_bias", bias!.grad);

        Tensor Own(Tensor rows) =>
            rows.narrow(0, gatherer.Rank * batch, batch).to(dtype).clone().requires_grad_(true);
    }

    private sealed class Forgetful : IFeatureGatherer
    {
        public int Rank => 0;

        public int WorldSize => 2;

        public Tensor Gather(Tensor rows) => rows.clone();

        public Tensor ReduceScatter(Tensor gradients) => gradients.clone();
    }
}
