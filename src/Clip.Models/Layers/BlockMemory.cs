namespace Clip.Models;

/// <summary>Memory that all blocks of a transformer share, because each is filled only when its turn comes to be packed.</summary>
/// <remarks>
/// Kernels have copies of the weights, so that a block's are needed for a moment: the memory of one block serves all, stays in the caches, and a
/// network that is only packed never lies in memory as it is in the file.
/// </remarks>
internal sealed class BlockMemory
{
    private readonly HashSet<nint> _waiting = [];
    private Action<IReadOnlyCollection<Tensor>>? _fill;

    /// <summary>Whether a parameter is filled when its block is packed.</summary>
    public bool Holds(Tensor parameter) => _waiting.Contains(parameter.Handle);

    /// <summary>Whether no parameter waits for its values.</summary>
    public bool IsDone => _waiting.Count == 0;

    /// <summary>Makes what hands out the weights of the blocks of one transformer.</summary>
    /// <param name="weights">Makes the weights of the first block.</param>
    public Blocks ForTransformer(WeightFactory weights) => new(this, weights);

    /// <summary>Says how parameters get their values.</summary>
    /// <param name="fill">Fills some parameters.</param>
    public void FillBy(Action<IReadOnlyCollection<Tensor>> fill) => _fill = fill;

    /// <summary>Fills the parameters of a block; those of the block before are gone then.</summary>
    /// <exception cref="InvalidOperationException">Nothing has said how.</exception>
    public void Fill(nn.Module block)
    {
        Tensor[] parameters = [.. block.parameters()];
        (_fill ?? throw new InvalidOperationException("The weights of the blocks have no source.")).Invoke(parameters);
        foreach (var parameter in parameters)
            _waiting.Remove(parameter.Handle);
    }

    /// <summary>Hands out the weights of blocks that follow each other, which have the same shapes.</summary>
    internal sealed class Blocks(BlockMemory memory, WeightFactory weights)
    {
        private readonly List<Parameter> _first = [];
        private int _next;

        /// <summary>Begins a block.</summary>
        public void Begin() => _next = 0;

        /// <summary>The next parameter of the block.</summary>
        public Parameter Create(long[] shape, ScalarType dtype)
        {
            Parameter parameter;
            if (_next < _first.Count && _first[_next].dtype == dtype && _first[_next].shape.SequenceEqual(shape))
            {
                parameter = nn.Parameter(_first[_next].detach());
            }
            else
            {
                parameter = nn.Parameter(empty(shape, dtype, weights.Device));
                if (_next == _first.Count)
                    _first.Add(parameter);
            }
            _next++;
            parameter.DetachFromDisposeScope();
            memory._waiting.Add(parameter.Handle);
            return parameter;
        }
    }
}
