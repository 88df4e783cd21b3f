namespace Clip.Distributed.Mpi;

/// <summary>A tensor's elements where MPI can reach them: its own memory on the CPU, a copy for other devices.</summary>
internal sealed class MpiBuffer : IDisposable
{
    // A count is an int in MPI; a multiple of a page below it.
    private const long MostElements = 1 << 30;

    private readonly Tensor _tensor;
    private readonly Tensor _memory;

    public unsafe MpiBuffer(Tensor tensor, MpiHandles handles)
    {
        _tensor = tensor;
        Type = ExchangedType.Of(tensor, handles.Float, handles.Double, handles.Int64);
        using var noGradients = no_grad();
        _memory = tensor.device.type == DeviceType.CPU && tensor.is_contiguous() ? tensor.alias() : tensor.cpu().contiguous();
        _memory.DetachFromDisposeScope();
        fixed (byte* first = _memory.numel() == 0 ? default : _memory.view(-1).narrow(0, 0, 1).bytes)
            Address = (nint)first;
    }

    /// <summary>Of the first element.</summary>
    public nint Address { get; }

    /// <summary>MPI's handle of the elements' type.</summary>
    public nint Type { get; }

    /// <summary>How many elements.</summary>
    public long Count => _memory.numel();

    /// <summary>The elements in pieces that MPI can count: address and number of each.</summary>
    public IEnumerable<(nint Address, int Count)> Pieces()
    {
        for (var start = 0L; start < Count; start += MostElements)
            yield return (Address + (nint)(start * _memory.element_size()), (int)Math.Min(MostElements, Count - start));
    }

    /// <summary>Brings what was received into the tensor, where it is not there already.</summary>
    public void Deliver()
    {
        using var noGradients = no_grad();
        if (_tensor.device.type != DeviceType.CPU || !_tensor.is_contiguous())
            _tensor.copy_(_memory);
    }

    public void Dispose() => _memory.Dispose();
}
