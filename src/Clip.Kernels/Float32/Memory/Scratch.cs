using System.Collections.Concurrent;

namespace Clip.Kernels.Float32.Memory;

/// <summary>Memory for intermediate results, kept from one pass to the next until all that share it are disposed.</summary>
internal sealed unsafe class Scratch : IDisposable
{
    private readonly ConcurrentBag<NativeFloats> _free = [];
    private volatile bool _isDisposed;
    private int _users;

    /// <summary>Counts a user, whose disposal gives up its share.</summary>
    public Scratch Share()
    {
        Interlocked.Increment(ref _users);
        _isDisposed = false;
        return this;
    }

    /// <summary>Takes memory until the lease is disposed.</summary>
    /// <param name="length">Elements that are needed at least; what they are at first is arbitrary.</param>
    public Lease Rent(long length)
    {
        if (!_free.TryTake(out var floats))
            return new Lease(this, new NativeFloats(length));
        if (floats.Length >= length)
            return new Lease(this, floats);
        floats.Dispose();
        return new Lease(this, new NativeFloats(length));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Decrement(ref _users) > 0)
            return;
        _isDisposed = true;
        Free();
    }

    private void Free()
    {
        while (_free.TryTake(out var floats))
            floats.Dispose();
    }

    /// <summary>Memory in use.</summary>
    public readonly struct Lease(Scratch owner, NativeFloats floats) : IDisposable
    {
        /// <summary>The first element.</summary>
        public float* Pointer { get; } = floats.Pointer;

        /// <inheritdoc/>
        public void Dispose()
        {
            owner._free.Add(floats);
            if (owner._isDisposed)
                owner.Free();
        }
    }
}
