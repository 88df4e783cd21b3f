using System.Globalization;

namespace Clip.Kernels.Tests.Float32.Training;

/// <summary>Errors of results in float32 beside libtorch's, over several inputs.</summary>
/// <remarks>
/// Sums that nearly cancel show every rounding before them enlarged, and how much of it cancels too is a matter of chance, of libtorch's other order
/// on every processor as well: of one input the one may err by ten times what the other does.
/// </remarks>
internal sealed class ErrorsBesideLibtorch
{
    /// <summary>How many inputs are usual.</summary>
    public const int Inputs = 4;

    private const double LastPlaces = 1e-7;

    private readonly Dictionary<string, (double Ours, double Libtorch, double Slack, int Count)> _squares = [];

    /// <summary>Fails if results are less exact than libtorch's.</summary>
    /// <param name="add">Adds those of an input, by its number, in a dispose scope of its own.</param>
    /// <param name="inputs">How many inputs there are.</param>
    public static void Require(Action<ErrorsBesideLibtorch, int> add, int inputs = Inputs)
    {
        var errors = new ErrorsBesideLibtorch();
        for (var input = 0; input < inputs; input++)
        {
            using var scope = NewDisposeScope();
            add(errors, input);
        }
        errors.Require();
    }

    /// <summary>Adds the results of one input.</summary>
    /// <param name="name">What they are, the same for every input.</param>
    /// <param name="expected">In float64.</param>
    /// <param name="libtorch">By libtorch in float32.</param>
    /// <param name="actual">By kernels in float32.</param>
    /// <param name="slack">How many times libtorch's error is allowed.</param>
    public void Add(string name, Tensor expected, Tensor libtorch, Tensor actual, double slack)
    {
        // Roots of mean squares, because the largest of some errors is a matter of chance.
        var size = expected.pow(2).mean().item<double>();
        double Square(Tensor tensor) => (tensor.to(ScalarType.Float64) - expected).pow(2).mean().item<double>() / size;
        Assert.Equal(expected.shape, actual.shape);
        var (ours, theirs, _, count) = _squares.GetValueOrDefault(name);
        _squares[name] = (ours + Square(actual), theirs + Square(libtorch), slack, count + 1);
    }

    private void Require()
    {
        Assert.NotEmpty(_squares);
        foreach (var (name, (oursSquared, theirsSquared, slack, count)) in _squares)
        {
            var (ours, theirs) = (Math.Sqrt(oursSquared / count), Math.Sqrt(theirsSquared / count));
            Assert.True(ours <= slack * theirs + LastPlaces, string.Create(CultureInfo.InvariantCulture, $"{name}: {ours:G3}, and libtorch's {theirs:G3}"));
        }
    }
}
