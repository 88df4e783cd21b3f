using Clip.Preprocessing;
using Clip.Runtime;

namespace Clip.Embedding;

/// <summary>The memory that images are decoded into on their way to the network.</summary>
/// <remarks>
/// <para>For a CPU it is a fresh tensor in float32, which the network reads.</para>
/// <para>
/// For a GPU it is pinned, so that the GPU fetches it by itself while this side goes on. Pinning is slow, so the buffers are used again,
/// each after the results of its images have been read: a copy that is still to come would find other images.
/// They hold the dtype the network computes in. The decoding threads round them while they are in the cache; rounding on the GPU would
/// move twice the bytes, in the same queue as the passes.
/// </para>
/// </remarks>
/// <param name="preprocessor">Images to pixels.</param>
/// <param name="dtype">What the pixels are stored in.</param>
/// <param name="buffers">How many buffers are kept; when all are in use, ordinary memory serves.</param>
/// <param name="pin">Makes a pinned copy of a tensor.</param>
/// <param name="send">Brings pixels to the network's device; the result may be read later.</param>
internal sealed class PixelMemory(
    ImagePreprocessor preprocessor, ScalarType dtype, int buffers, Func<Tensor, Tensor> pin, Func<Tensor, Tensor> send) : IDisposable
{
    // One is decoded into, one waits, one is on its way through the network.
    private const int BuffersOfAStream = 3;

    private readonly Lock _lock = new();
    private readonly Stack<Tensor> _idle = [];
    private int _kept;
    private bool _isDisposed;

    /// <summary>The memory that suits a device.</summary>
    public static PixelMemory For(ComputeTarget target, ImagePreprocessor preprocessor) => target.Device.type == DeviceType.CUDA
        ? new(preprocessor, target.DType, BuffersOfAStream, pixels => pixels.pin_memory(), pixels => pixels.to(target.Device, non_blocking: pixels.is_pinned()))
        : new(preprocessor, ScalarType.Float32, buffers: 0, pixels => pixels.alias(), pixels => pixels.alias());

    /// <summary>Images to pixels.</summary>
    public ImagePreprocessor Preprocessor => preprocessor;

    /// <summary>Memory for some images. A single one gets ordinary memory: pinning takes longer than its copy.</summary>
    public PixelBuffer Rent(int images)
    {
        if (images == 1 || Take(images) is not { } buffer)
            return new PixelBuffer(this, Allocate(images), buffer: null);

        return new PixelBuffer(this, buffer.narrow(0, 0, images).DetachFromDisposeScope(), buffer);
    }

    /// <summary>Takes a buffer back.</summary>
    public void Return(Tensor buffer)
    {
        lock (_lock)
        {
            if (!_isDisposed)
            {
                _idle.Push(buffer);
                return;
            }
        }
        buffer.Dispose();
    }

    /// <summary>Brings pixels to the network's device, on the network's thread.</summary>
    public Tensor Send(Tensor pixels) => send(pixels);

    /// <summary>Releases the buffers; those in use are released when they come back.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            foreach (var buffer in _idle)
                buffer.Dispose();
            _idle.Clear();
        }
    }

    // A buffer with room for so many images, or null where all are in use.
    private Tensor? Take(int images)
    {
        lock (_lock)
        {
            if (_idle.TryPop(out var idle))
            {
                if (idle.shape[0] >= images)
                    return idle;
                idle.Dispose();
                _kept--;
            }
            if (_kept == buffers)
                return null;
            _kept++;
        }
        try
        {
            using var ordinary = Allocate(images);
            return pin(ordinary).DetachFromDisposeScope();
        }
        catch
        {
            lock (_lock)
                _kept--;
            throw;
        }
    }

    private Tensor Allocate(int images)
    {
        var (height, width) = preprocessor.Config.Resolution;
        long[] shape = preprocessor.Config.Patches is null ? [images, 3, height, width] : [images, preprocessor.Length];
        return empty(shape, dtype, CPU).DetachFromDisposeScope();
    }
}
