namespace Clip.Models;

/// <summary>Lets passes through a model's weights until the model is disposed, which waits for those that run, or has become unusable.</summary>
/// <remarks>
/// Kernels and libtorch read native memory by its address: were it freed under them, they would read what is no longer theirs. A model and
/// its towers share a gate, for the memory of each is freed with the others'. A model that nobody refers to any more is not collected
/// either while a pass runs.
/// </remarks>
internal sealed class PassGate
{
    // The gates that this thread is inside of, innermost last. What a gate refers to lives as long as it is in here.
    [ThreadStatic]
    private static List<PassGate>? t_entered;

    private readonly object _lock = new();
    private readonly Type _type;
    private int _running;
    private bool _isClosed;
    private string? _refusal;
    private Exception? _cause;

    /// <summary>Makes the gate of a model; or of a tower that is used alone.</summary>
    /// <param name="owner">What passes go through: whose disposal refuses them.</param>
    public PassGate(object owner)
        : this(owner.GetType())
    {
        Owner = owner;
    }

    /// <summary>Makes the gate of something that has yet to be made, and becomes the <see cref="Owner"/>.</summary>
    /// <param name="type">Its type.</param>
    public PassGate(Type type)
    {
        _type = type;
    }

    /// <summary>What passes go through.</summary>
    public object? Owner { get; set; }

    /// <summary>Begins a pass, which ends when the result is disposed, on the same thread.</summary>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    /// <exception cref="InvalidOperationException">The model has become unusable; the message says by what, and the remedy.</exception>
    public Pass Enter()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isClosed, _type);
            if (_refusal is not null)
                throw new InvalidOperationException(_refusal, _cause);
            _running++;
        }
        (t_entered ??= []).Add(this);
        return new Pass(this);
    }

    /// <summary>Lets no pass through any more.</summary>
    /// <param name="refusal">What later passes are told.</param>
    /// <param name="cause">The failure behind it, or null.</param>
    public void Retire(string refusal, Exception? cause = null)
    {
        lock (_lock)
            (_refusal, _cause) = (refusal, cause);
    }

    /// <summary>Lets no pass through any more, and waits for those that run.</summary>
    /// <exception cref="InvalidOperationException">This thread is inside of one.</exception>
    public void Close()
    {
        if (t_entered?.Contains(this) == true)
            throw new InvalidOperationException("A model cannot be disposed inside of one of its own passes, whose end it would wait for.");
        lock (_lock)
        {
            _isClosed = true;
            while (_running > 0)
                Monitor.Wait(_lock);
        }
    }

    private void Leave()
    {
        t_entered!.RemoveAt(t_entered.LastIndexOf(this));
        GC.KeepAlive(Owner);
        lock (_lock)
        {
            if (--_running == 0 && _isClosed)
                Monitor.PulseAll(_lock);
        }
    }

    /// <summary>A pass that runs.</summary>
    /// <param name="gate">The gate it came through.</param>
    public readonly ref struct Pass(PassGate gate)
    {
        /// <summary>Ends the pass.</summary>
        public void Dispose() => gate.Leave();
    }
}
