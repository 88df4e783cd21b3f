using System.Numerics;
using Clip.Kernels.Float32.Memory;

namespace Clip.Kernels.Float32.Training;

/// <summary>Memory that forward passes take and backward passes give back, kept from one step to the next.</summary>
/// <remarks>
/// Fresh memory comes a page at a time, each of which the processor must first be interrupted for. Batches of texts differ in size: a piece serves down to half
/// its length, and one that has become too short makes room for its successor, so that there are only as many as were in use at one time.
/// </remarks>
internal sealed class TrainingMemory : IDisposable
{
    // Lengths are rounded up to so many steps between powers of two, so that batches of nearly the same size share memory.
    private const int StepsPerDoubling = 8;

    private readonly List<NativeFloats> _free = [];
    private bool _isDisposed;

    /// <summary>The memory of gradients of weights.</summary>
    public GradientMemory Gradients { get; } = new();

    /// <summary>Takes memory, whose elements are arbitrary.</summary>
    /// <param name="length">Elements that are needed at least.</param>
    public NativeFloats Rent(long length)
    {
        var rounded = Round(length);
        lock (_free)
        {
            if (Take(_free.Where(floats => floats.Length >= rounded && floats.Length <= 2 * rounded).MinBy(floats => floats.Length)) is { } fitting)
                return fitting;
            Take(_free.Where(floats => floats.Length < rounded && 2 * floats.Length >= rounded).MaxBy(floats => floats.Length))?.Dispose();
        }
        return NativeFloats.Uninitialized(rounded);
    }

    /// <summary>Gives memory back.</summary>
    public void Return(NativeFloats floats)
    {
        lock (_free)
        {
            if (!_isDisposed)
            {
                _free.Add(floats);
                return;
            }
        }
        floats.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_free)
        {
            _isDisposed = true;
            _free.ForEach(floats => floats.Dispose());
            _free.Clear();
        }
        Gradients.Dispose();
    }

    private static long Round(long length)
    {
        var step = Math.Max(1, (long)BitOperations.RoundUpToPowerOf2((ulong)length) / 2 / StepsPerDoubling);
        return (length + step - 1) / step * step;
    }

    private NativeFloats? Take(NativeFloats? floats)
    {
        if (floats is not null)
            _free.Remove(floats);
        return floats;
    }
}
