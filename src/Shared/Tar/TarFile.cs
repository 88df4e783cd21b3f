namespace Clip.Shared.Tar;

/// <summary>The entries of a tar file, one after another: of POSIX's, GNU's and the oldest form.</summary>
/// <remarks>Nothing that a file states decides how much memory is taken: names have a limit, and data is read where it is asked for.</remarks>
/// <param name="stream">The bytes; they stay the caller's.</param>
internal sealed class TarFile(TarStream stream)
{
    private readonly byte[] _block = new byte[TarHeader.BlockSize];

    // Of the entry before: data that has not been read, and what fills its last block.
    private long _data;
    private long _filling;

    /// <summary>Whether the zeros that end a tar file have come; a file that is cut off between two entries has none.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Goes to the next entry.</summary>
    /// <returns>Null after the last one.</returns>
    /// <exception cref="InvalidDataException">The file is damaged, or no tar file.</exception>
    /// <exception cref="EndOfStreamException">It is cut off.</exception>
    public TarEntry? Next()
    {
        string? longName = null;
        PaxRecords extended = default;
        while (ReadHeader() is { } header)
        {
            switch (header.Type)
            {
                case 'x':
                    Begin(header.Size);
                    extended = PaxRecords.Read(stream, header.Size);
                    _data = 0;
                    break;
                case 'L':
                    Begin(header.Size);
                    longName = ReadLongName();
                    break;
                case 'g' or 'K':
                    Begin(header.Size);
                    break;
                default:
                    return Enter(header, extended.Path ?? longName ?? header.Name, extended);
            }
        }
        return null;
    }

    /// <summary>Reads the data of the entry, once.</summary>
    /// <param name="data">Space for all of it.</param>
    /// <exception cref="EndOfStreamException">The file is cut off.</exception>
    public void ReadData(Span<byte> data)
    {
        stream.Read(data);
        _data -= data.Length;
    }

    private TarHeader? ReadHeader()
    {
        stream.Skip(_data);
        stream.Skip(_filling);
        (_data, _filling) = (0, 0);
        if (!stream.TryRead(_block))
            return null;
        var header = TarHeader.Read(_block);
        HasEnded = header is null;
        return header;
    }

    private TarEntry Enter(TarHeader header, string name, PaxRecords extended)
    {
        var size = header.HasData ? extended.Size ?? header.Size : 0;
        for (var hasMore = header.HasSparseBlock; hasMore; hasMore = _block[504] != 0)
            stream.Read(_block);
        Begin(size);
        var isSparse = header.Type == TarHeader.GnuSparse || extended.IsSparse;
        return new TarEntry(name, size, header.IsFile || isSparse, isSparse);
    }

    private void Begin(long size)
    {
        _data = size;
        _filling = (TarHeader.BlockSize - size % TarHeader.BlockSize) % TarHeader.BlockSize;
    }

    private string ReadLongName()
    {
        if (_data > TarNames.MaxBytes)
            throw new InvalidDataException($"An entry has a name of {_data:N0} bytes, more than {TarNames.MaxBytes:N0}.");
        var name = new byte[_data];
        ReadData(name);
        return TarNames.Decode(name);
    }
}
