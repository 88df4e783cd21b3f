using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Clip.Cli.Files;
using Clip.Shared;

namespace Clip.Cli.Output;

/// <summary>One array [N, D] of NumPy, without names; the header gets its count at the end.</summary>
internal sealed class NpyOutput : EmbeddingOutput
{
    private readonly AtomicFile _file;
    private readonly int _embeddingSize;
    private readonly Half[]? _half;
    private long _count;

    public NpyOutput(string path, int embeddingSize, bool isHalf)
    {
        _half = isHalf ? new Half[embeddingSize] : null;
        _file = OutputFile.Create(path);
        _embeddingSize = embeddingSize;
        _file.Stream.Write(new byte[NpyHeader.Bytes]);
    }

    public override void AddImage(string name, ReadOnlySpan<float> vector) => Add(vector);

    public override void AddText(string text, ReadOnlySpan<float> vector) => Add(vector);

    public override void Commit()
    {
        _file.Stream.Position = 0;
        _file.Stream.Write(NpyHeader.Create(_half is null ? "<f4" : "<f2", _count, _embeddingSize));
        _file.Commit();
    }

    public override void Dispose() => _file.Dispose();

    private void Add(ReadOnlySpan<float> vector)
    {
        if (_half is null)
        {
            _file.Stream.Write(MemoryMarshal.AsBytes(vector));
        }
        else
        {
            TensorPrimitives.ConvertToHalf(vector, _half);
            _file.Stream.Write(MemoryMarshal.AsBytes<Half>(_half));
        }
        _count++;
    }
}
