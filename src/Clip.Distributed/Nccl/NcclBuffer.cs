using System.Runtime.InteropServices;

namespace Clip.Distributed.Nccl;

/// <summary>A tensor's elements where NCCL can reach them: its own memory on the group's device, a copy for others.</summary>
internal sealed partial class NcclBuffer : IDisposable
{
    private readonly Tensor _tensor;
    private readonly Tensor _memory;
    private readonly bool _isCopy;

    public NcclBuffer(Tensor tensor, Device device)
    {
        _tensor = tensor;
        Type = ExchangedType.Of(tensor, NcclType.Float32, NcclType.Float64, NcclType.Int64);
        using var noGradients = no_grad();
        _isCopy = tensor.device.type != device.type || tensor.device.index != device.index || !tensor.is_contiguous();
        _memory = _isCopy ? tensor.to(device).contiguous() : tensor.alias();
        _memory.DetachFromDisposeScope();
    }

    /// <summary>Of the first element, in the device's memory.</summary>
    public nint Address => FirstElement(_memory.Handle);

    /// <summary>NCCL's number of the elements' type.</summary>
    public NcclType Type { get; }

    /// <summary>How many elements.</summary>
    public long Count => _memory.numel();

    /// <summary>Brings what was received into the tensor, where it is not there already.</summary>
    public void Deliver()
    {
        using var noGradients = no_grad();
        if (_isCopy)
            _tensor.copy_(_memory);
    }

    // What was begun with the memory is before whatever uses it next: both are on one stream.
    public void Dispose() => _memory.Dispose();

    // TorchSharp's own library, whose function gives an address on any device; its public members do so on the CPU only.
    [LibraryImport("LibTorchSharp", EntryPoint = "THSTensor_data")]
    private static partial nint FirstElement(nint tensor);
}
