using System.Numerics.Tensors;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Optimization;

namespace Clip.ZeroShot.Evaluation;

/// <summary>L-BFGS on the logistic loss, from zero.</summary>
/// <remarks>Source: Liu and Nocedal 1989, "On the limited memory BFGS method for large scale optimization".</remarks>
internal sealed class LogisticMinimizer(LogisticLoss loss, LinearProbeOptions options, CancellationToken cancellationToken)
{
    // Steps kept, as scikit-learn and SciPy keep them.
    private const int Memory = 10;

    // A gradient of this size is rounding; and the library's first step is in proportion to its tolerance.
    private const double SmallestTolerance = 1e-15;

    // Where the loss is at zero parameters: dividing by it keeps the library's relative criterion an absolute one.
    private readonly double _unit = Math.Log(loss.Classes);

    private double[] _best = [];
    private double _bestLoss = double.PositiveInfinity;
    private double _bestSlope = double.PositiveInfinity;
    private int _evaluations;

    public LogisticMinimum Minimize()
    {
        var minimizer = new LimitedMemoryBfgsMinimizer(
            Math.Max(options.Tolerance, SmallestTolerance) / _unit, parameterTolerance: 0, functionProgressTolerance: 0, Memory, options.MaxIterations);
        try
        {
            var result = minimizer.FindMinimum(ObjectiveFunction.Gradient(Evaluate), Vector<double>.Build.Dense(loss.ParameterCount));
            var end = result.FunctionInfoAtMinimum;
            var slope = end.Gradient.AbsoluteMaximum() * _unit;
            return new LogisticMinimum(
                end.Point.ToArray(), end.Value * _unit, slope <= options.Tolerance, Math.Min(result.Iterations, options.MaxIterations), _evaluations);
        }
        catch (OptimizationException)
        {
            // The line search ends so when no step changes the loss any more in double precision; the best point stands.
            return new LogisticMinimum(_best, _bestLoss, _bestSlope <= options.Tolerance, Iterations: null, _evaluations);
        }
    }

    private (double, Vector<double>) Evaluate(Vector<double> point)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var parameters = point.AsArray() ?? point.ToArray();
        var gradient = new double[parameters.Length];
        var value = loss.Compute(parameters, gradient);
        _evaluations++;
        if (value < _bestLoss)
        {
            _best = [.. parameters];
            _bestLoss = value;
            _bestSlope = Math.Abs(TensorPrimitives.MaxMagnitude<double>(gradient));
        }
        TensorPrimitives.Divide(gradient, _unit, gradient);
        return (value / _unit, Vector<double>.Build.Dense(gradient));
    }
}
