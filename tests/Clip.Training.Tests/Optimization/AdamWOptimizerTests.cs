using Clip.Training.Optimization;

namespace Clip.Training.Tests.Optimization;

public sealed class AdamWOptimizerTests : IDisposable
{
    private readonly Parameter _weight = Create(4, 3);
    private readonly Parameter _bias = Create(3);
    private readonly Parameter _twinWeight = Create(4, 3);
    private readonly Parameter _twinBias = Create(3);

    public void Dispose()
    {
        foreach (var parameter in (Parameter[])[_weight, _bias, _twinWeight, _twinBias])
            parameter.Dispose();
    }

    [Fact]
    public void Step_SameGradients_MovesLikeTorch()
    {
        using var scope = NewDisposeScope();
        using var ours = Optimizer(_weight, _bias);
        using var torchs = new TorchSharp.Modules.AdamW(
            [
                new TorchSharp.Modules.AdamW.ParamGroup([_twinBias], lr: 0.01, beta1: 0.9, beta2: 0.98, eps: 1e-6, weight_decay: 0),
                new TorchSharp.Modules.AdamW.ParamGroup([_twinWeight], lr: 0.01, beta1: 0.9, beta2: 0.98, eps: 1e-6, weight_decay: 0.2),
            ]);

        for (var step = 0; step < 5; step++)
        {
            SetGradients(step, _weight, _bias);
            SetGradients(step, _twinWeight, _twinBias);
            ours.Step(0.01);
            torchs.step();
        }

        TensorAssert.Close(_twinWeight.detach(), _weight.detach(), 1e-14);
        TensorAssert.Close(_twinBias.detach(), _bias.detach(), 1e-14);
    }

    [Fact]
    public void SetState_OfAnother_ContinuesToTheBit()
    {
        using var scope = NewDisposeScope();
        using var first = Optimizer(_weight, _bias);
        using var second = Optimizer(_twinWeight, _twinBias);
        SetGradients(0, _weight, _bias);
        first.Step(0.01);
        using (no_grad())
        {
            _twinWeight.copy_(_weight);
            _twinBias.copy_(_bias);
        }

        second.SetState(first.GetState().ToDictionary());
        SetGradients(1, _weight, _bias);
        SetGradients(1, _twinWeight, _twinBias);
        first.Step(0.01);
        second.Step(0.01);

        TensorAssert.BitEqual(_weight.detach(), _twinWeight.detach());
        TensorAssert.BitEqual(_bias.detach(), _twinBias.detach());
    }

    [Fact]
    public void Step_WithoutGradient_LeavesTheParameter()
    {
        using var scope = NewDisposeScope();
        using var optimizer = Optimizer(_weight, _bias);
        var before = _bias.detach().clone();
        SetGradients(0, _weight);

        optimizer.Step(0.01);

        TensorAssert.BitEqual(before, _bias.detach());
        Assert.DoesNotContain(optimizer.GetState(), entry => entry.Key.StartsWith("bias", StringComparison.Ordinal));
    }

    [Fact]
    public void SetState_OfOtherParameters_NamesWhatIsWrong()
    {
        using var scope = NewDisposeScope();
        using var optimizer = Optimizer(_weight, _bias);
        SetGradients(0, _weight, _bias);
        optimizer.Step(0.01);
        var state = optimizer.GetState().ToDictionary();

        RequireMessage("bias.exp_avg_sq", without: "bias.exp_avg_sq");
        RequireMessage("other.step", with: ("other.step", tensor(1L)));
        RequireMessage("weight.exp_avg", with: ("weight.exp_avg", zeros(3, 4)));

        void RequireMessage(string name, string? without = null, (string Name, Tensor Value)? with = null)
        {
            var changed = new Dictionary<string, Tensor>(state);
            if (without is not null)
                changed.Remove(without);
            if (with is { } added)
                changed[added.Name] = added.Value;
            Assert.Contains($"'{name}'", Assert.Throws<ArgumentException>(() => optimizer.SetState(changed)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Constructor_WrongArguments_Throws()
    {
        Assert.Throws<ArgumentException>(() => new AdamWOptimizer(
            [new ParameterGroup([new("weight", _weight)], 0), new ParameterGroup([new("weight", _weight)], 0)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AdamWOptimizer([], new AdamWOptions { Beta2 = 1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AdamWOptimizer([], new AdamWOptions { Epsilon = 0 }));
    }

    [Fact]
    public void Clip_LongGradient_ShortensItToTheLimit()
    {
        using var scope = NewDisposeScope();
        SetGradients(0, _weight, _bias);
        NamedParameter[] parameters = [new("weight", _weight), new("bias", _bias)];
        var before = _weight.grad!.clone();

        var norm = GradientNorm.Measure(parameters);
        GradientNorm.Clip(parameters, norm, maxNorm: norm * 2);
        TensorAssert.BitEqual(before, _weight.grad!);
        GradientNorm.Clip(parameters, norm, maxNorm: 0.5);

        Assert.Equal(Math.Sqrt(before.square().sum().item<double>() + SquareOfBias()), norm, 1e-12);
        Assert.Equal(0.5, GradientNorm.Measure(parameters), 1e-6);

        double SquareOfBias()
        {
            manual_seed(100).Dispose();
            randn([4, 3], ScalarType.Float64);
            return randn([3], ScalarType.Float64).square().sum().item<double>();
        }
    }

    private static AdamWOptimizer Optimizer(Parameter weight, Parameter bias) => new(
        [new ParameterGroup([new("bias", bias)], 0), new ParameterGroup([new("weight", weight)], 0.2)]);

    private static Parameter Create(params long[] shape)
    {
        manual_seed(1).Dispose();
        return nn.Parameter(randn(shape, ScalarType.Float64)).DetachFromDisposeScope() as Parameter ?? throw new InvalidOperationException();
    }

    private static void SetGradients(int step, params Parameter[] parameters)
    {
        manual_seed(100 + step).Dispose();
        foreach (var parameter in parameters)
            parameter.grad = randn(parameter.shape, ScalarType.Float64);
    }
}
