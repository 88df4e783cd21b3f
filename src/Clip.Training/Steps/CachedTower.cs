using Clip.Training.Data;

namespace Clip.Training.Steps;

/// <summary>One tower and its part of a batch, embedded in micro-batches.</summary>
/// <param name="tower">The tower.</param>
/// <param name="inputs">Its inputs.</param>
/// <param name="microBatch">How many of them have a graph at a time.</param>
/// <param name="seed">Seed of what is random inside the tower.</param>
/// <param name="firstMicroBatch">The number of the first micro-batch in the batch of all ranks: it decides what is drawn.</param>
internal sealed class CachedTower(nn.Module<Tensor, Tensor> tower, BatchRows inputs, int microBatch, long seed, int firstMicroBatch = 0)
{
    private readonly bool _isTrained = tower.parameters().Any(parameter => parameter.requires_grad);

    private Tensor? _whole;

    private bool IsWhole => inputs.Count <= microBatch;

    /// <summary>Embeds all inputs, as a leaf that collects gradients.</summary>
    /// <remarks>Inputs that fit into one micro-batch keep their graph until <see cref="SendBack"/>, and are not embedded again.</remarks>
    public Tensor Embed()
    {
        using var scope = NewDisposeScope();
        if (IsWhole)
        {
            _whole = Embed(0, inputs.Count);
            return _whole.MoveToOuterDisposeScope().detach().requires_grad_(_isTrained).MoveToOuterDisposeScope();
        }

        using var noGradients = no_grad();
        // The second pass updates the statistics; this one must not.
        using var statistics = _isTrained && tower.training ? new NormStatistics(tower) : null;
        var parts = inputs.Parts(microBatch).Select(part => Embed(part.Start, part.Count)).ToList();
        statistics?.Restore();
        return cat(parts).requires_grad_(_isTrained).MoveToOuterDisposeScope();
    }

    /// <summary>Sends the gradients of the embeddings back through the tower.</summary>
    /// <param name="embeddings">What <see cref="Embed()"/> gave, with gradients.</param>
    /// <param name="afterBackward">Called after each backward pass.</param>
    public void SendBack(Tensor embeddings, Action? afterBackward)
    {
        if (!_isTrained)
            return;

        using var scope = NewDisposeScope();
        var gradients = embeddings.grad!;
        if (_whole is not null)
        {
            autograd.backward([_whole], [gradients]);
            afterBackward?.Invoke();
            return;
        }
        foreach (var (start, count) in inputs.Parts(microBatch))
        {
            using var work = NewDisposeScope();
            var part = Embed(start, count);
            autograd.backward([part], [gradients.narrow(0, start, count)]);
            afterBackward?.Invoke();
        }
    }

    private Tensor Embed(int start, int count)
    {
        using var scope = NewDisposeScope();
        StepSeed.Use(StepSeed.Of(seed, firstMicroBatch + (start / microBatch)));
        return tower.call(inputs.Get(start, count)).MoveToOuterDisposeScope();
    }
}
