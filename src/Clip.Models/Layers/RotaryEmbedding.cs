using Clip.Kernels.Weights;
using Clip.Shared;

namespace Clip.Models;

/// <summary>Turns pairs of channels of queries and keys by angles that depend on their places.</summary>
/// <remarks>
/// Its tables are no weights: no checkpoint has them, and they are made from float64 for whatever dtype asks.
/// Source: Su et al. 2021, "RoFormer", section 3.2.
/// </remarks>
internal sealed class RotaryEmbedding : IDisposable
{
    private readonly Lock _lock = new();
    private volatile Tables? _tables;

    /// <param name="table">The angles.</param>
    /// <param name="weights">Makes the weights of the tower, so that the tables are made with them.</param>
    public RotaryEmbedding(RotaryTable table, WeightFactory weights)
    {
        Table = table;
        if (weights.Device.type != DeviceType.META)
            Find(PreciseType(weights.DType), weights.Device);
    }

    /// <summary>The angles.</summary>
    public RotaryTable Table { get; }

    /// <summary>Turns queries or keys.</summary>
    /// <param name="x">[N, L, W], of at most as many tokens as the table has places.</param>
    /// <param name="heads">Attention heads.</param>
    /// <returns>[N, L, W], in the dtype of the input.</returns>
    public Tensor Rotate(Tensor x, long heads)
    {
        using var scope = NewDisposeScope();
        var tables = Find(PreciseType(x.dtype), x.device);
        var (cosines, sines) = (tables.Cosines.narrow(0, 0, x.shape[1]), tables.Sines.narrow(0, 0, x.shape[1]));    // [L, 1, pairs]
        var (members, pairs) = Table.HalvesArePairs ? (3, (2, Table.Pairs)) : (4, (Table.Pairs, 2));
        var channels = x.to(PreciseType(x.dtype)).unflatten(2, heads, pairs.Item1, pairs.Item2);
        var (a, b) = (channels.select(members, 0), channels.select(members, 1));                     // [N, L, heads, pairs]
        var turned = stack([(a * cosines) - (b * sines), (b * cosines).Plus(a * sines)], members);
        return turned.flatten(2).to(x.dtype).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => _tables?.Dispose();

    // Half precision has too few digits for the angles of far places.
    private static ScalarType PreciseType(ScalarType dtype) => dtype == ScalarType.Float64 ? dtype : ScalarType.Float32;

    private Tables Find(ScalarType dtype, Device device)
    {
        if (_tables is { } found && found.Fit(dtype, device))
            return found;
        lock (_lock)
        {
            if (_tables is not { } tables || !tables.Fit(dtype, device))
            {
                // A model is not moved while it computes.
                _tables?.Dispose();
                tables = _tables = Tables.Create(Table, dtype, device);
            }
            return tables;
        }
    }

    private sealed record Tables(ScalarType DType, Device Device, Tensor Cosines, Tensor Sines) : IDisposable
    {
        public static Tables Create(RotaryTable table, ScalarType dtype, Device device)
        {
            using var scope = NewDisposeScope();
            using var noGradients = no_grad();
            var (cosines, sines) = table.ToTensors(dtype, device);
            return new(dtype, device, Keep(cosines), Keep(sines));

            static Tensor Keep(Tensor table) => table.unsqueeze(1).DetachFromDisposeScope();
        }

        public bool Fit(ScalarType dtype, Device device) => dtype == DType && device.type == Device.type && device.index == Device.index;

        public void Dispose()
        {
            Cosines.Dispose();
            Sines.Dispose();
        }
    }
}
