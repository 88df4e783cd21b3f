namespace Clip.Tokenization.Normalizers;

/// <summary>UTF-8 that grows at its end.</summary>
internal struct Utf8Builder(int capacity)
{
    private byte[] _bytes = new byte[capacity];

    /// <summary>Bytes written; lowering it takes the last ones back.</summary>
    public int Length { get; set; }

    /// <summary>What has been written.</summary>
    public readonly ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>Appends a byte.</summary>
    public void Append(byte value)
    {
        if (Length == _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(16, 2 * Length));
        _bytes[Length++] = value;
    }

    /// <summary>Appends bytes.</summary>
    public void Append(ReadOnlySpan<byte> values)
    {
        if (values.Length > _bytes.Length - Length)
            Array.Resize(ref _bytes, Math.Max(Length + values.Length, 2 * Length));
        values.CopyTo(_bytes.AsSpan(Length));
        Length += values.Length;
    }
}
