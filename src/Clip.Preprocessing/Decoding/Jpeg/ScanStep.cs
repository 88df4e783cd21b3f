namespace Clip.Preprocessing.Decoding.Jpeg;

/// <summary>Over how many bits and coefficients a code and the bits of its value lead, in one number that fits into a table.</summary>
internal static class ScanStep
{
    private const int End = 1 << 12;

    /// <summary>Bits of the code and of the value.</summary>
    public static int Bits(int step) => step & 31;

    /// <summary>Coefficients that are passed over, zeros included.</summary>
    public static int Coefficients(int step) => step >> 5 & 127;

    /// <summary>Whether the rest of the block is zeros.</summary>
    public static bool IsEnd(int step) => step >= End;

    /// <summary>The step of a symbol (ITU-T T.81, F.1.2.2): zeros in the upper four bits, bits of the value in the lower.</summary>
    public static ushort OfSymbol(int symbol, int codeLength) => (symbol >> 4, symbol & 15) switch
    {
        (15, 0) => Create(codeLength, 16),
        (_, 0) => (ushort)(codeLength | End),
        var (zeros, bits) => Create(codeLength + bits, zeros + 1),
    };

    /// <summary>Two steps, one after the other, as one.</summary>
    public static ushort Join(int first, int second) => (ushort)(first + second);

    private static ushort Create(int bits, int coefficients) => (ushort)(bits | coefficients << 5);
}
