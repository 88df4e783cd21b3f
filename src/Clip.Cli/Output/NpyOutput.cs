using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Clip.Cli.Files;
using Clip.Shared;

namespace Clip.Cli.Output;

/// <summary>One array [N, D] of NumPy, without names; the header gets its count at the end.</summary>
/// <remarks>Source: NumPy, numpy.lib.format, version 1.0.</remarks>
internal sealed class NpyOutput : EmbeddingOutput
{
    // Magic string, version, length and dictionary; a multiple of 64, with room for any count.
    private const int HeaderBytes = 128;

    private readonly AtomicFile _file;
    private readonly int _embeddingSize;
    private long _count;

    public NpyOutput(string path, int embeddingSize)
    {
        _file = OutputFile.Create(path);
        _embeddingSize = embeddingSize;
        _file.Stream.Write(new byte[HeaderBytes]);
    }

    public override void AddImage(string name, ReadOnlySpan<float> vector) => Add(vector);

    public override void AddText(string text, ReadOnlySpan<float> vector) => Add(vector);

    public override void Commit()
    {
        var dictionary = string.Create(CultureInfo.InvariantCulture, $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({_count}, {_embeddingSize}), }}");
        byte[] start = [0x93, .. "NUMPY"u8, 1, 0, HeaderBytes - 10, 0];
        _file.Stream.Position = 0;
        _file.Stream.Write(start);
        _file.Stream.Write(Encoding.ASCII.GetBytes(dictionary.PadRight(HeaderBytes - start.Length - 1) + "\n"));
        _file.Commit();
    }

    public override void Dispose() => _file.Dispose();

    private void Add(ReadOnlySpan<float> vector)
    {
        _file.Stream.Write(MemoryMarshal.AsBytes(vector));
        _count++;
    }
}
