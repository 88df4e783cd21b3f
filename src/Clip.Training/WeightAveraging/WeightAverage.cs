using System.Numerics;
using Clip.Models;
using Clip.Training.Optimization;

namespace Clip.Training.WeightAveraging;

/// <summary>An exponential moving average of a model's weights, which often generalizes better than the weights themselves.</summary>
/// <remarks>Source: Polyak and Juditsky 1992; as in open_clip, statistics of batch norm are averaged too.</remarks>
public sealed class WeightAverage : IDisposable
{
    private readonly DualEncoder _network;
    private readonly Dictionary<string, Tensor> _average;
    private readonly double _decay;

    /// <summary>Starts with the weights as they are.</summary>
    /// <param name="network">The model, which is borrowed.</param>
    /// <param name="decay">How much of the average an update keeps; between 0 and 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="decay"/> is not between 0 and 1.</exception>
    public WeightAverage(DualEncoder network, double decay)
    {
        ArgumentNullException.ThrowIfNull(network);
        if (!(decay is > 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(decay), decay, "It must be between 0 and 1.");
        (_network, _decay) = (network, decay);
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        _average = network.state_dict().ToDictionary(entry => entry.Key, entry => entry.Value.detach().clone().DetachFromDisposeScope());
    }

    /// <summary>Takes the weights as they are into the average.</summary>
    public void Update()
    {
        using var noGradients = no_grad();
        List<(Tensor Average, Tensor Weights)> flat = [];
        foreach (var (name, value) in _network.state_dict())
        {
            using var scope = NewDisposeScope();
            if (FlatTensor.Fits(value) && FlatTensor.Fits(_average[name]))
                flat.Add((_average[name], value));
            else if (value.is_floating_point())
                _average[name].lerp_(value.detach(), 1 - _decay);
            else
                _average[name].copy_(value);
        }
        FlatTensor.ForEachChunk([.. flat.Select(pair => pair.Average)], (which, chunk, _) =>
            Move(FlatTensor.Chunk(flat[which].Average, chunk), FlatTensor.Chunk(flat[which].Weights, chunk), (float)(1 - _decay)));
    }

    private static void Move(Span<float> average, ReadOnlySpan<float> weights, float share)
    {
        var i = 0;
        for (; i <= average.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var before = new Vector<float>(average[i..]);
            (before + (new Vector<float>(weights[i..]) - before) * share).CopyTo(average[i..]);
        }
        for (; i < average.Length; i++)
            average[i] += (weights[i] - average[i]) * share;
    }

    /// <summary>Exchanges the model's weights and the average. Called twice, it changes nothing.</summary>
    public void Swap()
    {
        using var noGradients = no_grad();
        foreach (var (name, value) in _network.state_dict())
        {
            using var scope = NewDisposeScope();
            var weights = value.detach().clone();
            value.copy_(_average[name]);
            _average[name].copy_(weights);
        }
    }

    /// <summary>The average, by name; the tensors still belong to this object.</summary>
    public IReadOnlyDictionary<string, Tensor> GetState() => _average;

    /// <summary>Replaces the average by what <see cref="GetState"/> gave.</summary>
    /// <param name="state">All of it; values are copied.</param>
    /// <exception cref="ArgumentException">A tensor is missing, has another shape or belongs to no weight; nothing was changed.</exception>
    public void SetState(IReadOnlyDictionary<string, Tensor> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        StateCheck.RequireSame(_average, state, "average");
        using var noGradients = no_grad();
        foreach (var (name, value) in _average)
            value.copy_(state[name]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var value in _average.Values)
            value.Dispose();
    }
}
