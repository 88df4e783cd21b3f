namespace Clip.Models;

/// <summary>A table that a network computes with and that no checkpoint has, in the dtype and on the device that were asked for last.</summary>
internal sealed class ConstantTensor : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Func<Tensor> _create;
    private volatile Tensor? _tensor;

    /// <param name="create">Makes the table on the CPU, in a dispose scope.</param>
    /// <param name="weights">Makes the weights beside it, so that the table is made with them.</param>
    /// <param name="dtype">The dtype that is asked for first.</param>
    public ConstantTensor(Func<Tensor> create, WeightFactory weights, ScalarType dtype)
    {
        _create = create;
        if (weights.Device.type != DeviceType.META)
            Get(dtype, weights.Device);
    }

    /// <summary>The table; borrowed.</summary>
    public Tensor Get(ScalarType dtype, Device device)
    {
        if (_tensor is { } found && Fits(found))
            return found;
        lock (_lock)
        {
            if (_tensor is not { } tensor || !Fits(tensor))
            {
                // A model is not moved while it computes.
                _tensor?.Dispose();
                tensor = _tensor = Create(dtype, device);
            }
            return tensor;
        }

        bool Fits(Tensor tensor) => tensor.dtype == dtype && tensor.device_type == device.type && tensor.device_index == device.index;
    }

    /// <inheritdoc/>
    public void Dispose() => _tensor?.Dispose();

    private Tensor Create(ScalarType dtype, Device device)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        return _create().to(dtype).to(device).DetachFromDisposeScope();
    }
}
