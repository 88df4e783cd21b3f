using System.IO.MemoryMappedFiles;
using Clip.Checkpoints;

namespace Clip.Benchmarks.Checkpoints;

/// <summary>Ways to bring a whole file into memory; each returns what it has to keep alive.</summary>
internal static class Loaders
{
    private const int ChunkBytes = 1 << 20;

    /// <summary>Every tensor through this library, one after another.</summary>
    public static IReadOnlyList<IDisposable> Library(string path, ScalarType dtype)
    {
        using var checkpoint = Checkpoint.Open(path);
        return [.. checkpoint.Tensors.Keys.Select(name => checkpoint.ReadTensor(name, dtype))];
    }

    /// <summary>Every tensor through this library, on as many threads as there are cores.</summary>
    public static IReadOnlyList<IDisposable> LibraryParallel(string path, ScalarType dtype)
    {
        using var checkpoint = Checkpoint.Open(path);
        return [.. checkpoint.Tensors.Keys.AsParallel().Select(name => checkpoint.ReadTensor(name, dtype))];
    }

    /// <summary>The file's bytes, front to back, into one small buffer: as fast as reading can be.</summary>
    public static IReadOnlyList<IDisposable> PlainRead(string path)
    {
        using var handle = File.OpenHandle(path);
        var buffer = GC.AllocateUninitializedArray<byte>(ChunkBytes);
        var position = 0L;
        for (int read; (read = RandomAccess.Read(handle, buffer, position)) > 0;)
            position += read;
        return [];
    }

    /// <summary>The file's bytes into memory that nothing has touched yet, as a load has to have.</summary>
    public static IReadOnlyList<IDisposable> PlainReadToFreshMemory(string path)
    {
        using var handle = File.OpenHandle(path);
        var memory = empty(RandomAccess.GetLength(handle), ScalarType.Byte);
        RandomAccess.Read(handle, memory.bytes, 0);
        return [memory];
    }

    /// <summary>A safetensors file through short-lived memory-mapped windows in place of positioned reads.</summary>
    public static unsafe IReadOnlyList<IDisposable> Mapped(string path, ScalarType dtype)
    {
        using var checkpoint = Checkpoint.Open(path);
        using var map = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        var loaded = new List<IDisposable>();
        var position = 8 + BitConverter.ToInt64(ReadStart(path));
        foreach (var info in checkpoint.Tensors.Values)
        {
            var tensor = empty([.. info.Shape], dtype);
            loaded.Add(tensor);
            var size = info.DType == ScalarType.Float32 ? 4 : 2;
            using var view = map.CreateViewAccessor(position, info.ElementCount * size, MemoryMappedFileAccess.Read);
            byte* pointer = null;
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
            CopyMapped(new ReadOnlySpan<byte>(pointer + view.PointerOffset, (int)(info.ElementCount * size)), info.DType, size, tensor);
            view.SafeMemoryMappedViewHandle.ReleasePointer();
            position += info.ElementCount * size;
        }
        return loaded;
    }

    private static void CopyMapped(ReadOnlySpan<byte> mapped, ScalarType stored, int size, Tensor tensor)
    {
        if (stored == tensor.dtype)
        {
            mapped.CopyTo(tensor.bytes);
            return;
        }

        const int capacity = 32_256;
        using var staging = empty(capacity, stored);
        using var flat = tensor.view(-1);
        for (var start = 0; start * size < mapped.Length; start += capacity)
        {
            var count = Math.Min(capacity, (mapped.Length / size) - start);
            using var from = staging.narrow(0, 0, count);
            using var to = flat.narrow(0, start, count);
            mapped.Slice(start * size, count * size).CopyTo(from.bytes);
            to.copy_(from);
        }
    }

    private static byte[] ReadStart(string path)
    {
        using var stream = File.OpenRead(path);
        var start = new byte[8];
        stream.ReadExactly(start);
        return start;
    }
}
