namespace Clip.Preprocessing.Resampling;

/// <summary>The memory that one image needs on its way; used again for the next.</summary>
internal sealed class Workspace
{
    private const int MostKept = 16 << 20;

    private static readonly Workspace?[] Idle = new Workspace?[Math.Max(4, 2 * Environment.ProcessorCount)];

    private byte[] _rows = [];
    private byte[] _intermediate = [];
    private byte[] _result = [];
    private int[] _columns = [];

    private Workspace()
    {
    }

    public ResampleWeights Horizontal { get; } = new();

    public ResampleWeights Vertical { get; } = new();

    /// <summary>Takes an idle workspace or makes one.</summary>
    public static Workspace Rent()
    {
        for (var i = 0; i < Idle.Length; i++)
        {
            if (Idle[i] is not null && Interlocked.Exchange(ref Idle[i], null) is { } workspace)
                return workspace;
        }
        return new Workspace();
    }

    /// <summary>Keeps the workspace for the next image, unless there are enough; without its memory where that is larger than photos need.</summary>
    public void Return()
    {
        _rows = Keep(_rows);
        _intermediate = Keep(_intermediate);
        _result = Keep(_result);
        for (var i = 0; i < Idle.Length; i++)
        {
            if (Idle[i] is null && Interlocked.CompareExchange(ref Idle[i], this, null) is null)
                return;
        }
    }

    /// <summary>Space for converted old rows.</summary>
    public Span<byte> Rows(long length) => Room(ref _rows, length);

    /// <summary>Space for the image between the passes.</summary>
    public Span<byte> Intermediate(long length) => Room(ref _intermediate, length);

    /// <summary>Space for the resized image.</summary>
    public Span<byte> Result(long length) => Room(ref _result, length);

    /// <summary>Space for the indices of columns.</summary>
    public Span<int> Columns(int length)
    {
        if (_columns.Length < length)
            _columns = new int[length];
        return _columns.AsSpan(0, length);
    }

    private static byte[] Keep(byte[] array) => array.Length <= MostKept ? array : [];

    private static Span<byte> Room(ref byte[] array, long length)
    {
        if (array.Length < length)
            array = GC.AllocateUninitializedArray<byte>(checked((int)long.Min(length + length / 4, Array.MaxLength)));
        return array.AsSpan(0, checked((int)length));
    }
}
