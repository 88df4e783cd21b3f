namespace Clip.Preprocessing.Decoding.Jpeg;

/// <summary>A table of Huffman codes (ITU-T T.81, annex C and F.2.2), to read symbols and to pass over coefficients.</summary>
/// <remarks>Kept from file to file: cameras and encoders use the same few tables.</remarks>
internal sealed class HuffmanTable
{
    /// <summary>Bits by which tables are looked up; their sizes then fit into a core's first cache.</summary>
    public const int IndexBits = 13;

    private const int Size = 1 << IndexBits;
    private const int LongestCode = 16;

    private readonly byte[] _definition = new byte[LongestCode + 256];
    private int _definitionLength;

    // For the codes of each length: the code after the last one, and the place of the first one's symbol less the first code.
    private readonly int[] _ends = new int[LongestCode + 1];
    private readonly int[] _offsets = new int[LongestCode + 1];

    /// <summary>By the next bits, a code's length and above it its symbol; 0 where the code is longer or there is none.</summary>
    public ushort[] Symbols { get; } = new ushort[Size];

    /// <summary>By the next bits, a <see cref="ScanStep"/> over one coefficient and the zeros before it; 0 where its code is longer or there is none.</summary>
    public ushort[] Steps { get; } = new ushort[Size];

    /// <summary>By the next bits, all steps in one that are wholly in them; at least one.</summary>
    public ushort[] Strides { get; } = new ushort[Size];

    /// <summary>Takes the definition of a table.</summary>
    /// <param name="definition">How many codes each length has, then their symbols; other bytes may follow.</param>
    /// <returns>Bytes of the definition; null where it is damaged.</returns>
    public int? Define(ReadOnlySpan<byte> definition)
    {
        if (definition.Length < LongestCode)
            return null;
        var length = LongestCode;
        foreach (var count in definition[..LongestCode])
            length += count;
        if (length > definition.Length || length > _definition.Length)
            return null;
        definition = definition[..length];
        if (definition.SequenceEqual(_definition.AsSpan(0, _definitionLength)))
            return length;
        _definitionLength = 0;
        if (!AssignCodes(definition))
            return null;
        FillSteps();
        FillStrides();
        definition.CopyTo(_definition);
        _definitionLength = length;
        return length;
    }

    /// <summary>Finds a symbol whose code may be too long for the tables.</summary>
    /// <param name="next">The next bits, from the highest on.</param>
    /// <returns>The symbol and the length of its code; a length of 0 where there is no such code.</returns>
    public (int Symbol, int Length) Find(ulong next)
    {
        for (var length = 1; length <= LongestCode; length++)
        {
            var code = (int)(next >> (64 - length));
            if (code < _ends[length])
                return (_definition[LongestCode + _offsets[length] + code], length);
        }
        return default;
    }

    private bool AssignCodes(ReadOnlySpan<byte> definition)
    {
        Array.Clear(Symbols);
        var (code, place) = (0, 0);
        for (var length = 1; length <= LongestCode; length++, code <<= 1)
        {
            var count = definition[length - 1];
            if (code + count > 1 << length)
                return false;
            _offsets[length] = place - code;
            for (var i = 0; i < count; i++, code++, place++)
            {
                if (length <= IndexBits)
                    Symbols.AsSpan(code << (IndexBits - length), 1 << (IndexBits - length)).Fill((ushort)(definition[LongestCode + place] << 5 | length));
            }
            _ends[length] = count == 0 ? 0 : code;
        }
        return true;
    }

    private void FillSteps()
    {
        for (var i = 0; i < Size; i++)
        {
            var (length, symbol) = (Symbols[i] & 31, Symbols[i] >> 5);
            Steps[i] = length == 0 ? (ushort)0 : ScanStep.OfSymbol(symbol, length);
        }
    }

    private void FillStrides()
    {
        for (var i = 0; i < Size; i++)
        {
            var stride = Steps[i];
            while (stride != 0 && !ScanStep.IsEnd(stride) && ScanStep.Bits(stride) < IndexBits)
            {
                // The bits behind those of the index are not known: a step that needs them is not in the stride.
                var step = Steps[(i << ScanStep.Bits(stride)) & (Size - 1)];
                if (step == 0 || ScanStep.Bits(stride) + ScanStep.Bits(step) > IndexBits || ScanStep.Coefficients(stride) + ScanStep.Coefficients(step) > 63)
                    break;
                stride = ScanStep.Join(stride, step);
            }
            Strides[i] = stride;
        }
    }
}
