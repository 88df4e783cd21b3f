using Clip.Shared;
using Clip.Training.Optimization;

namespace Clip.Training.FineTuning;

/// <summary>A low-rank change of one weight matrix, or of some of its rows.</summary>
internal sealed class LoraAdapter : IDisposable
{
    private readonly Parameter _weight;
    private readonly long _firstRow;
    private readonly long _rows;
    private readonly double _scale;
    private readonly string _name;
    private readonly Parameter _down;
    private readonly Parameter _up;

    /// <summary>Starts with no change.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="weight">The matrix [outputs, inputs].</param>
    /// <param name="firstRow">The first row that changes.</param>
    /// <param name="rows">How many rows do.</param>
    /// <param name="rank">Rank of the change.</param>
    /// <param name="scale">Its factor.</param>
    public LoraAdapter(string name, Parameter weight, long firstRow, long rows, int rank, double scale)
    {
        (_name, _weight, _firstRow, _rows, _scale) = (name, weight, firstRow, rows, scale);
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var inputs = weight.shape[1];
        Base = weight.narrow(0, firstRow, rows).clone().DetachFromDisposeScope();
        // The change starts at zero because one factor does (Hu et al. 2021, section 4.1).
        _down = nn.Parameter(empty(rank, inputs, weight.dtype, weight.device));
        nn.init.kaiming_uniform_(_down, a: Math.Sqrt(5));
        _up = nn.Parameter(zeros(rows, rank, weight.dtype, weight.device));
        _down.DetachFromDisposeScope();
        _up.DetachFromDisposeScope();
    }

    /// <summary>The rows without the change.</summary>
    public Tensor Base { get; }

    /// <summary>The matrix that it changes.</summary>
    public Parameter Weight => _weight;

    /// <summary>The factors: [rank, inputs] and [rows, rank].</summary>
    public IReadOnlyList<NamedParameter> Parameters => [new($"{_name}.lora_down", _down), new($"{_name}.lora_up", _up)];

    /// <summary>All it consists of, by name.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> State =>
        [new($"{_name}.base", Base), new($"{_name}.lora_down", _down), new($"{_name}.lora_up", _up)];

    /// <summary>Writes base and change into the matrix.</summary>
    public void Apply()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        _weight.narrow(0, _firstRow, _rows).copy_(Base.Plus(_up.matmul(_down).Times(_scale)));
    }

    /// <summary>Writes the base alone into the matrix.</summary>
    public void Remove()
    {
        using var noGradients = no_grad();
        using var rows = _weight.narrow(0, _firstRow, _rows);
        rows.copy_(Base);
    }

    /// <summary>Adds the factors' gradients, which follow from the matrix's.</summary>
    public void TakeGradients()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        if (_weight.grad is not { } whole)
            return;
        var gradient = whole.narrow(0, _firstRow, _rows).Times(_scale);
        Add(_down, _up.t().matmul(gradient));
        Add(_up, gradient.matmul(_down.t()));
    }

    public void Dispose()
    {
        Base.Dispose();
        _down.Dispose();
        _up.Dispose();
    }

    private static void Add(Parameter parameter, Tensor gradient)
    {
        if (parameter.grad is { } sum)
            sum.AddInPlace(gradient);
        else
            parameter.grad = gradient;
    }
}
