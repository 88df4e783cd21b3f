using Clip.Runtime;
using Clip.Shared;

namespace Clip.ZeroShot.Evaluation;

/// <summary>The mean loss of multinomial logistic regression with its gradient, as matrix products in double precision.</summary>
/// <remarks>
/// f(W, b) = 1/n sum_i -log softmax(W x_i + b)[y_i] + 1/(2 C n) |W|²: scikit-learn's C * sum of losses + |W|²/2, divided by C n. The
/// intercept b is not penalized.
/// </remarks>
internal sealed class LogisticLoss : IDisposable
{
    // 32 MB of features or logits at once.
    private const int MostNumbersPerBlock = 1 << 22;

    private readonly Tensor _features;
    private readonly Tensor _labels;
    private readonly int _rowsPerBlock;
    private readonly double _penalty;

    public LogisticLoss(LabelledFeatures data, double regularization, string device)
    {
        TorchLibraries.EnsureLoaded();
        Classes = data.ClassCount;
        Size = data.FeatureSize;
        Count = data.Count;
        _penalty = 1 / (regularization * Count);
        _rowsPerBlock = Math.Max(1, MostNumbersPerBlock / Math.Max(Size, Classes));

        var target = ResolveDevice(device);
        using var scope = NewDisposeScope();
        var rows = FeatureRows.ToTensor(data.Features, "features").to(target);
        _labels = tensor(data.Labels.ToArray(), ScalarType.Int64).to(target).DetachFromDisposeScope();
        _features = rows.DetachFromDisposeScope();
    }

    public int Classes { get; }

    public int Size { get; }

    public int Count { get; }

    /// <summary>Elements of W [C, D] and b [C], one after another.</summary>
    public int ParameterCount => checked((Classes * Size) + Classes);

    /// <summary>The loss, and its gradient in the order of the parameters.</summary>
    public double Compute(double[] parameters, double[] gradient)
    {
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        var all = tensor(parameters, ScalarType.Float64).to(_features.device);
        var weights = all.narrow(0, 0, (long)Classes * Size).view(Classes, Size);
        var intercepts = all.narrow(0, (long)Classes * Size, Classes);

        var loss = zeros(1, ScalarType.Float64, _features.device);
        var slope = zeros_like(all);
        var weightSlope = slope.narrow(0, 0, (long)Classes * Size).view(Classes, Size);
        var interceptSlope = slope.narrow(0, (long)Classes * Size, Classes);
        for (var first = 0; first < Count; first += _rowsPerBlock)
        {
            using var block = NewDisposeScope();
            var rows = Math.Min(_rowsPerBlock, Count - first);
            var x = _features.narrow(0, first, rows).to(ScalarType.Float64);                  // [B, D]
            var y = _labels.narrow(0, first, rows).unsqueeze(1);                              // [B, 1]
            var logProbabilities = x.matmul(weights.t()).Plus(intercepts).log_softmax(1);     // [B, C]
            loss.sub_(logProbabilities.gather(1, y).sum());
            var error = logProbabilities.exp().scatter_add(1, y, empty_like(y, ScalarType.Float64).FillWith(-1));
            weightSlope.AddInPlace(error.t().matmul(x));                                      // [C, B] x [B, D]
            interceptSlope.AddInPlace(error.sum(dim: 0));
        }
        slope.DivideInPlace(Count);
        weightSlope.AddInPlace(weights.Times(_penalty));
        loss.DivideInPlace(Count).AddInPlace(weights.Squared().sum().Times(0.5 * _penalty));

        var (weightRows, interceptRow) = (weightSlope.cpu(), interceptSlope.view(1, Classes).cpu());
        for (var label = 0; label < Classes; label++)
            TensorRows.Get<double>(weightRows, label).CopyTo(gradient.AsSpan(label * Size, Size));
        TensorRows.Get<double>(interceptRow, 0).CopyTo(gradient.AsSpan(Classes * Size));
        return loss.item<double>();
    }

    public void Dispose()
    {
        _features.Dispose();
        _labels.Dispose();
    }

    private static Device ResolveDevice(string device)
    {
        var target = ComputeTarget.Resolve(device, Precision.Float32).Device;
        return target.type != DeviceType.MPS
            ? target
            : throw new ArgumentException("A linear probe needs double precision, which MPS does not have; use \"cpu\".", nameof(device));
    }
}
