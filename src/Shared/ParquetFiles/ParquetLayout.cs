using System.Buffers.Binary;
using Parquet.Meta;

namespace Clip.Shared.ParquetFiles;

/// <summary>Checks the sizes, counts and offsets of a Parquet file before Parquet.Net follows them.</summary>
/// <param name="file">The file, which is borrowed.</param>
internal sealed class ParquetLayout(Stream file)
{
    private const int LongestFooter = 64 << 20;
    private const int MostColumns = 100_000;
    private const int MostNesting = 64;

    // Statistics in it can hold the longest caption, twice.
    private const int LongestPageHeader = 4 << 20;
    private const int UsualPageHeader = 1 << 14;

    // Some writers make one page of all captions of a row group. A small file must not become a large one in memory.
    private const int LongestPage = 1 << 30;
    private const int AlwaysAllowed = 256 << 20;
    private const int MostUnpacking = 64;

    private static readonly byte[] Magic = "PAR1"u8.ToArray();

    private long _footer;

    /// <summary>Checks the end of the file, which says where everything is.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public void CheckFooter()
    {
        var ends = new byte[12];
        if (file.Length < ends.Length)
            throw new InvalidDataException($"it has {file.Length} bytes");
        Read(0, ends.AsSpan(0, 4));
        Read(file.Length - 8, ends.AsSpan(4));
        if (ends.AsSpan(8).SequenceEqual("PARE"u8))
            throw new InvalidDataException("it is encrypted");
        if (!ends.AsSpan(0, 4).SequenceEqual(Magic) || !ends.AsSpan(8).SequenceEqual(Magic))
            throw new InvalidDataException("it does not begin and end with PAR1");

        var length = BinaryPrimitives.ReadInt32LittleEndian(ends.AsSpan(4));
        if (length < 0 || length > file.Length - ends.Length || length > LongestFooter)
            throw new InvalidDataException($"its metadata claims {(uint)length:N0} of {file.Length:N0} bytes");
        _footer = file.Length - 8 - length;
        var footer = new byte[length];
        Read(_footer, footer);

        var columns = new List<long>();
        new ThriftCheck(footer, (name, numbers) =>
        {
            if (name == nameof(SchemaElement))
                columns.Add(numbers[5]);
        }).Struct(nameof(FileMetaData));
        CheckTree(columns);
    }

    /// <summary>Checks the pages of a column without repetition.</summary>
    /// <param name="column">What the footer says of it.</param>
    /// <param name="rows">How many rows the row group has.</param>
    /// <returns>The bytes from the first page to the end of the last.</returns>
    /// <exception cref="InvalidDataException">They are damaged.</exception>
    public long CheckPages(ColumnMetaData column, long rows)
    {
        if (column.NumValues != rows)
            throw new InvalidDataException($"a column of {rows:N0} rows has {column.NumValues:N0} values");
        var first = new[] { column.DataPageOffset, column.DictionaryPageOffset ?? 0, column.IndexPageOffset ?? 0 }.Where(offset => offset != 0).DefaultIfEmpty().Min();
        var position = first;
        for (var values = 0L; values < rows;)
        {
            if (position < Magic.Length || position >= _footer)
                throw new InvalidDataException($"a page is said to be at {position:N0}");
            var page = ReadPageHeader(position, out var headerLength);
            if (page.CompressedSize < 0 || page.CompressedSize > _footer - position - headerLength)
                throw new InvalidDataException($"the page at {position:N0} claims {page.CompressedSize:N0} bytes");
            var allowed = Math.Min(LongestPage, AlwaysAllowed + MostUnpacking * page.CompressedSize);
            var size = Math.Max(page.Size, ClaimedSize(column.Codec, page, position + headerLength));
            if (page.Size < 0 || size > allowed)
                throw new InvalidDataException($"the page at {position:N0} claims {size:N0} bytes, of which {allowed:N0} are allowed");
            // A string in a dictionary has its length before it.
            var most = page.Kind == PageType.DICTIONARY_PAGE ? page.Size / sizeof(int) : rows - values;
            if (page.Values < 0 || page.Values > most)
                throw new InvalidDataException($"the page at {position:N0} claims {page.Values:N0} values");
            if (page.Kind != PageType.DICTIONARY_PAGE)
                values += page.Values;
            position += headerLength + page.CompressedSize;
        }
        return position - first;
    }

    // The number of children of each element, parents before their children.
    private static void CheckTree(List<long> children)
    {
        if (children.Count is 0 or > MostColumns)
            throw new InvalidDataException($"its schema has {children.Count:N0} elements");
        var open = new Stack<long>();
        foreach (var count in children)
        {
            if (open.TryPop(out var rest))
                open.Push(rest - 1);
            if (count < 0 || count > children.Count || open.Count == MostNesting)
                throw new InvalidDataException("its schema is no tree of columns");
            open.Push(count);
            while (open.TryPeek(out var left) && left == 0)
                open.Pop();
            if (open.Count == 0)
                break;
        }
        if (open.Count > 0)
            throw new InvalidDataException("its schema ends before its last column");
    }

    private long ClaimedSize(CompressionCodec codec, Page page, long position)
    {
        if (codec is not (CompressionCodec.SNAPPY or CompressionCodec.ZSTD) || !page.IsCompressed || page.LevelBytes < 0 || page.LevelBytes > page.CompressedSize)
            return 0;
        var data = new byte[page.CompressedSize - page.LevelBytes];
        Read(position + page.LevelBytes, data);
        return PackedPage.ClaimedSize(codec, data);
    }

    private Page ReadPageHeader(long position, out int length)
    {
        for (var size = UsualPageHeader; ; size = LongestPageHeader)
        {
            var bytes = new byte[Math.Min(size, _footer - position)];
            Read(position, bytes);
            var page = new Page();
            var check = new ThriftCheck(bytes, page.Take);
            try
            {
                check.Struct(nameof(PageHeader));
                length = check.Position;
                return page;
            }
            catch (InvalidDataException) when (check.IsCutOff && bytes.Length == UsualPageHeader && size == UsualPageHeader)
            {
                // Longer than usual.
            }
        }
    }

    private void Read(long position, Span<byte> bytes)
    {
        file.Position = position;
        file.ReadExactly(bytes);
    }

    /// <summary>What the header of a page says.</summary>
    private sealed class Page
    {
        private long _dataValues = -1;
        private long _dictionaryValues = -1;
        private long _dataValuesV2 = -1;

        public PageType Kind { get; private set; }

        public long Size { get; private set; }

        public long CompressedSize { get; private set; }

        // Levels stand before the compressed data of a page of version 2, which may be as they are.
        public long LevelBytes { get; private set; }

        public bool IsCompressed { get; private set; } = true;

        public long Values => Kind switch
        {
            PageType.DATA_PAGE => _dataValues,
            PageType.DICTIONARY_PAGE => _dictionaryValues,
            PageType.DATA_PAGE_V2 => _dataValuesV2,
            var kind => throw new InvalidDataException($"it has a page of kind {kind}"),
        };

        public void Take(string name, ReadOnlySpan<long> numbers)
        {
            switch (name)
            {
                case nameof(PageHeader):
                    (Kind, Size, CompressedSize) = ((PageType)numbers[1], numbers[2], numbers[3]);
                    break;
                case nameof(DataPageHeader):
                    _dataValues = numbers[1];
                    break;
                case nameof(DictionaryPageHeader):
                    _dictionaryValues = numbers[1];
                    break;
                case nameof(DataPageHeaderV2):
                    (_dataValuesV2, LevelBytes, IsCompressed) = (numbers[1], numbers[5] + numbers[6], numbers[7] >= 0);
                    break;
            }
        }
    }
}
