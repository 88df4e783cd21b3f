using Clip.Shared;

namespace Clip.Training.Optimization;

/// <summary>Adam with decoupled weight decay, with a state that has names.</summary>
/// <remarks>
/// <para>
/// Its steps are those of <c>torch.optim.AdamW</c>. Its state can be read and written tensor by tensor under the parameters'
/// names, so that a checkpoint restores it to the bit, and the learning rate is an argument of the step.
/// </para>
/// <para>Source: Loshchilov and Hutter 2019, "Decoupled Weight Decay Regularization", algorithm 2.</para>
/// </remarks>
public sealed class AdamWOptimizer : IDisposable
{
    private readonly AdamWOptions _options;
    private readonly List<Moments> _moments = [];

    /// <summary>Starts with empty moments.</summary>
    /// <param name="groups">The parameters, each of which must be in one group only.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="ArgumentException">A parameter's name appears twice, or a setting is out of range.</exception>
    public AdamWOptimizer(IEnumerable<ParameterGroup> groups, AdamWOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(groups);
        _options = options ?? new AdamWOptions();
        _options.Validate();
        Groups = [.. groups];

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var group in Groups)
        {
            foreach (var parameter in group.Parameters)
            {
                if (!names.Add(parameter.Name))
                    throw new ArgumentException($"The parameter '{parameter.Name}' is in two groups.", nameof(groups));
                _moments.Add(new Moments(parameter, group.WeightDecay));
            }
        }
    }

    /// <summary>The parameters and their decay.</summary>
    public IReadOnlyList<ParameterGroup> Groups { get; }

    /// <summary>All parameters.</summary>
    public IEnumerable<NamedParameter> Parameters => _moments.Select(moments => moments.Parameter);

    /// <summary>Forgets all gradients and frees their memory.</summary>
    public void ZeroGradients()
    {
        foreach (var moments in _moments)
            moments.Parameter.Parameter.grad = null;
    }

    /// <summary>Moves every parameter that has a gradient.</summary>
    /// <param name="learningRate">How far; not negative.</param>
    public void Step(double learningRate) => Step(learningRate, gradientFactor: 1);

    /// <summary>Moves every parameter that has a gradient, as if all gradients had been multiplied by a factor.</summary>
    /// <param name="learningRate">How far; not negative.</param>
    /// <param name="gradientFactor">The factor.</param>
    internal void Step(double learningRate, double gradientFactor)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var flat = new List<AdamWUpdate.Target>();
        foreach (var moments in _moments)
        {
            if (moments.Parameter.Parameter.grad is not { } gradient)
                continue;
            moments.Begin();
            if (Array.TrueForAll([moments.Parameter.Parameter, gradient, moments.Mean!, moments.Square!], FlatTensor.Fits))
                flat.Add(new(moments.Parameter.Parameter, gradient, moments.Mean!, moments.Square!, NumbersOf(moments, learningRate, gradientFactor)));
            else
                Step(moments, gradient, learningRate, gradientFactor);
        }
        AdamWUpdate.Run(flat);
    }

    // Tensors of other dtypes, on other devices, or not in one piece.
    private void Step(Moments moments, Tensor gradient, double learningRate, double gradientFactor)
    {
        using var scope = NewDisposeScope();
        var (parameter, mean, square) = (moments.Parameter.Parameter, moments.Mean!, moments.Square!);
        var scaled = gradientFactor == 1 ? gradient : gradient.Times(gradientFactor);

        parameter.MultiplyInPlace(1 - learningRate * moments.WeightDecay);
        mean.MultiplyInPlace(_options.Beta1).AddInPlace(scaled, factor: 1 - _options.Beta1);
        square.MultiplyInPlace(_options.Beta2).AddProductInPlace(scaled, scaled, factor: 1 - _options.Beta2);

        var (meanCorrection, squareCorrection) = Corrections(moments);
        var root = square.sqrt().DivideInPlace(Math.Sqrt(squareCorrection)).AddInPlace(_options.Epsilon);
        parameter.AddQuotientInPlace(mean, root, factor: -learningRate / meanCorrection);
    }

    private AdamWUpdate.Numbers NumbersOf(Moments moments, double learningRate, double gradientFactor)
    {
        var (meanCorrection, squareCorrection) = Corrections(moments);
        return new(
            (float)gradientFactor, (float)(1 - learningRate * moments.WeightDecay), (float)_options.Beta1, (float)(1 - _options.Beta1),
            (float)_options.Beta2, (float)(1 - _options.Beta2), (float)Math.Sqrt(squareCorrection), (float)_options.Epsilon,
            (float)(learningRate / meanCorrection));
    }

    // Both means start at zero; dividing by these takes that out again.
    private (double Mean, double Square) Corrections(Moments moments) =>
        (1 - Math.Pow(_options.Beta1, moments.Steps), 1 - Math.Pow(_options.Beta2, moments.Steps));

    /// <summary>The state, by name: <c>weight.exp_avg</c>, <c>weight.exp_avg_sq</c> and <c>weight.step</c>, as PyTorch calls them.</summary>
    /// <returns>Tensors that still belong to the optimizer, and numbers of steps on the caller's open dispose scope.</returns>
    public IEnumerable<KeyValuePair<string, Tensor>> GetState()
    {
        foreach (var moments in _moments.Where(moments => moments.Steps > 0))
        {
            yield return new($"{moments.Parameter.Name}.exp_avg", moments.Mean!);
            yield return new($"{moments.Parameter.Name}.exp_avg_sq", moments.Square!);
            yield return new($"{moments.Parameter.Name}.step", tensor(moments.Steps, ScalarType.Int64));
        }
    }

    /// <summary>Replaces the state by what <see cref="GetState"/> gave.</summary>
    /// <param name="state">All of it; values are copied.</param>
    /// <exception cref="ArgumentException">A tensor is missing, has another shape or dtype, or belongs to no parameter; nothing was changed.</exception>
    public void SetState(IReadOnlyDictionary<string, Tensor> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var expected = new HashSet<string>(StringComparer.Ordinal);
        foreach (var moments in _moments)
        {
            var (name, parameter) = moments.Parameter;
            string[] parts = [$"{name}.exp_avg", $"{name}.exp_avg_sq", $"{name}.step"];
            if (!parts.Any(state.ContainsKey))
                continue;
            if (Array.Find(parts, part => !state.ContainsKey(part)) is { } missing)
                throw new ArgumentException($"The optimizer's state has no '{missing}'.", nameof(state));
            foreach (var part in parts[..2])
            {
                if (!state[part].shape.SequenceEqual(parameter.shape) || state[part].dtype != parameter.dtype)
                    throw new ArgumentException($"'{part}' is {state[part].dtype} [{string.Join(", ", state[part].shape)}], unlike its parameter.", nameof(state));
            }
            expected.UnionWith(parts);
        }
        if (state.Keys.FirstOrDefault(name => !expected.Contains(name)) is { } unknown)
            throw new ArgumentException($"'{unknown}' belongs to no trainable parameter.", nameof(state));

        foreach (var moments in _moments)
        {
            var name = moments.Parameter.Name;
            if (state.ContainsKey($"{name}.step"))
                moments.Restore(state[$"{name}.step"].to(ScalarType.Int64).item<long>(), state[$"{name}.exp_avg"], state[$"{name}.exp_avg_sq"]);
            else
                moments.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var moments in _moments)
            moments.Dispose();
    }

    private sealed class Moments(NamedParameter parameter, double weightDecay) : IDisposable
    {
        public NamedParameter Parameter => parameter;

        public double WeightDecay => weightDecay;

        public long Steps { get; private set; }

        public Tensor? Mean { get; private set; }

        public Tensor? Square { get; private set; }

        public void Begin()
        {
            if (Steps++ > 0)
                return;
            Mean = zeros_like(parameter.Parameter, requires_grad: false).DetachFromDisposeScope();
            Square = zeros_like(parameter.Parameter, requires_grad: false).DetachFromDisposeScope();
        }

        public void Restore(long steps, Tensor mean, Tensor square)
        {
            Dispose();
            if (steps == 0)
                return;
            Begin();
            Steps = steps;
            Mean!.copy_(mean);
            Square!.copy_(square);
        }

        public void Dispose()
        {
            Steps = 0;
            Mean?.Dispose();
            Square?.Dispose();
            Mean = Square = null;
        }
    }
}
