using System.Numerics;

namespace Clip.Training.Optimization;

/// <summary>A step of AdamW for some parameters in one pass over parameters, gradients and moments.</summary>
/// <remarks>The operations on an element, and their order, are those of <c>torch.optim.AdamW</c>.</remarks>
internal static class AdamWUpdate
{
    /// <summary>Moves parameters.</summary>
    public static void Run(IReadOnlyList<Target> targets) =>
        FlatTensor.ForEachChunk([.. targets.Select(target => target.Parameter)], (which, chunk, _) =>
        {
            var target = targets[which];
            Move(
                FlatTensor.Chunk(target.Parameter, chunk), FlatTensor.Chunk(target.Gradient, chunk),
                FlatTensor.Chunk(target.Mean, chunk), FlatTensor.Chunk(target.Square, chunk), target.Numbers);
        });

    private static void Move(Span<float> parameters, ReadOnlySpan<float> gradients, Span<float> means, Span<float> squares, Numbers numbers)
    {
        var i = 0;
        for (; i <= parameters.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var gradient = new Vector<float>(gradients[i..]) * numbers.GradientFactor;
            var mean = new Vector<float>(means[i..]) * numbers.KeepMean + gradient * numbers.AddMean;
            var square = new Vector<float>(squares[i..]) * numbers.KeepSquare + gradient * gradient * numbers.AddSquare;
            var root = Vector.SquareRoot(square) / new Vector<float>(numbers.RootCorrection) + new Vector<float>(numbers.Epsilon);
            var parameter = new Vector<float>(parameters[i..]) * numbers.KeepParameter - mean * numbers.StepSize / root;
            mean.CopyTo(means[i..]);
            square.CopyTo(squares[i..]);
            parameter.CopyTo(parameters[i..]);
        }
        for (; i < parameters.Length; i++)
        {
            var gradient = gradients[i] * numbers.GradientFactor;
            means[i] = means[i] * numbers.KeepMean + gradient * numbers.AddMean;
            squares[i] = squares[i] * numbers.KeepSquare + gradient * gradient * numbers.AddSquare;
            var root = MathF.Sqrt(squares[i]) / numbers.RootCorrection + numbers.Epsilon;
            parameters[i] = parameters[i] * numbers.KeepParameter - means[i] * numbers.StepSize / root;
        }
    }

    /// <summary>A parameter to move, all of whose tensors are flat.</summary>
    public readonly record struct Target(Tensor Parameter, Tensor Gradient, Tensor Mean, Tensor Square, Numbers Numbers);

    /// <summary>The numbers of a step.</summary>
    /// <param name="GradientFactor">What gradients are multiplied by first.</param>
    /// <param name="KeepParameter">What decay leaves of a parameter.</param>
    /// <param name="KeepMean">β₁.</param>
    /// <param name="AddMean">1 - β₁.</param>
    /// <param name="KeepSquare">β₂.</param>
    /// <param name="AddSquare">1 - β₂.</param>
    /// <param name="RootCorrection">The root of what takes the zero at the beginning out of the mean square.</param>
    /// <param name="Epsilon">What is added to the root.</param>
    /// <param name="StepSize">The learning rate, with the zero at the beginning taken out of the mean.</param>
    public readonly record struct Numbers(
        float GradientFactor, float KeepParameter, float KeepMean, float AddMean, float KeepSquare, float AddSquare, float RootCorrection, float Epsilon, float StepSize);
}
