using System.Runtime.InteropServices;
using Clip.Checkpoints.Safetensors;
using Clip.Checkpoints.Writing;
using Clip.Shared;

namespace Clip.Checkpoints;

/// <summary>Writes a safetensors file whose tensors come piece by piece and say only at the end how many they were.</summary>
/// <remarks>
/// <para>
/// The format puts names and shapes before the elements. Both are set aside in files beside the output until <see cref="Commit"/>, so that
/// memory holds a piece at a time, however large the file becomes; the disk holds it twice meanwhile. Tensors are float32, those of <see cref="AddHalfRows"/> float16. They lie
/// in the order in which they were added, those of <see cref="AddRows"/> behind the others.
/// </para>
/// <para>A write happens whole or not at all, as with <see cref="SafetensorsFile.Write"/>. One thread at a time.</para>
/// <para>Source: the format description in huggingface/safetensors, README, "Format".</para>
/// </remarks>
public sealed class SafetensorsStream : IDisposable
{
    private const string DType = "F32";

    private readonly Spool _entries;
    private readonly Spool _elements;
    private readonly SafetensorsHeaderWriter _header;
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private readonly List<SafetensorsTexts> _texts = [];
    private readonly List<SafetensorsRows> _rows = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>Begins a file.</summary>
    /// <param name="path">The path that it will have; a file there is replaced at the end.</param>
    /// <exception cref="IOException">The folder does not exist.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    public SafetensorsStream(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        FilePath = Path.GetFullPath(path);
        _entries = new Spool(FilePath);
        try
        {
            _elements = new Spool(FilePath);
        }
        catch
        {
            _entries.Dispose();
            throw;
        }
        _header = new SafetensorsHeaderWriter(_entries.Stream);
        _header.Begin();
    }

    /// <summary>The full path that the file will have.</summary>
    public string FilePath { get; }

    /// <summary>Adds text to the metadata.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The text.</param>
    /// <exception cref="ArgumentException">The key is there already, or a text holds half of a surrogate pair.</exception>
    public void AddMetadata(string key, string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        RequireFree(key);
        SafetensorsHeaderWriter.CheckText(value, nameof(value));
        _metadata.Add(key, value);
    }

    /// <summary>Adds a list of texts to the metadata, which becomes a JSON array: names of rows, for example.</summary>
    /// <param name="key">The key.</param>
    /// <returns>Takes the texts, until the file is complete or this object disposed.</returns>
    /// <exception cref="ArgumentException">The key is there already, or holds half of a surrogate pair.</exception>
    public SafetensorsTexts AddTexts(string key)
    {
        RequireFree(key);
        var texts = new SafetensorsTexts(key, new Spool(FilePath));
        _texts.Add(texts);
        return texts;
    }

    /// <summary>Adds a tensor.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="elements">Its elements, row by row.</param>
    /// <exception cref="ArgumentException">The name is taken, reserved or not valid text, or the elements are not as many as the shape says.</exception>
    public void AddTensor(string name, ReadOnlySpan<long> shape, ReadOnlySpan<float> elements)
    {
        var count = CountOf(shape);
        if (elements.Length != count)
            throw new ArgumentException($"A tensor of shape {Reading.Text.Shape(shape.ToArray())} has {count} elements, not {elements.Length}.", nameof(elements));
        RequireNewTensor(name);
        _header.AddTensor(name, DType, shape, _elements.Length, count * sizeof(float));
        _elements.Stream.Write(MemoryMarshal.AsBytes(elements));
    }

    /// <summary>Adds a tensor whose rows come one by one; several may grow at once.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="rowShape">The shape of a row; that of the tensor begins with the number of rows.</param>
    /// <returns>Takes the rows, until the file is complete or this object disposed.</returns>
    /// <exception cref="ArgumentException">The name is taken, reserved or not valid text, or a size is negative.</exception>
    public SafetensorsRows AddRows(string name, params ReadOnlySpan<long> rowShape) => BeginRows(name, rowShape, isHalf: false);

    /// <summary>Adds a tensor of float16, to which rows in float32 are rounded as they come.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="rowShape">The shape of a row; that of the tensor begins with the number of rows.</param>
    /// <returns>Takes the rows, until the file is complete or this object disposed.</returns>
    /// <exception cref="ArgumentException">The name is taken, reserved or not valid text, or a size is negative.</exception>
    public SafetensorsRows AddHalfRows(string name, params ReadOnlySpan<long> rowShape) => BeginRows(name, rowShape, isHalf: true);

    /// <summary>Writes the file, flushes it to the disk and gives it its name.</summary>
    /// <exception cref="ArgumentException">Names and metadata are longer than readers of the format accept; nothing is written.</exception>
    /// <exception cref="IOException">The disk is full; what was there before is unchanged.</exception>
    public void Commit()
    {
        var offset = _elements.Length;
        foreach (var rows in _rows)
        {
            _header.AddTensor(rows.Name, rows.DType, [rows.Count, .. rows.RowShape], offset, rows.Elements.Length);
            offset += rows.Elements.Length;
        }
        _header.End();
        using var header = new Spool(FilePath);
        WriteHeader(header.Stream);

        using var file = new AtomicFile(FilePath, SafetensorsReader.LengthBytes + header.Length + offset, bufferSize: 0);
        file.Stream.Write(BitConverter.GetBytes((ulong)header.Length));
        header.CopyTo(file.Stream);
        _elements.CopyTo(file.Stream);
        foreach (var rows in _rows)
            rows.Elements.CopyTo(file.Stream);
        file.Commit();
    }

    /// <summary>Frees what was set aside; without a <see cref="Commit"/> nothing was written.</summary>
    public void Dispose()
    {
        _entries.Dispose();
        _elements.Dispose();
        foreach (var rows in _rows)
            rows.Elements.Dispose();
        foreach (var texts in _texts)
            texts.Dispose();
    }

    private SafetensorsRows BeginRows(string name, ReadOnlySpan<long> rowShape, bool isHalf)
    {
        var count = CountOf(rowShape);
        RequireNewTensor(name);
        var rows = new SafetensorsRows(name, rowShape.ToArray(), count, new Spool(FilePath), isHalf);
        _rows.Add(rows);
        return rows;
    }

    // The metadata comes first and is complete last: its object, then the entries from behind their opening brace.
    private void WriteHeader(Stream header)
    {
        var entries = _entries.Rewind();
        var writer = new SafetensorsHeaderWriter(header);
        if (_metadata.Count + _texts.Count > 0)
        {
            writer.Begin();
            writer.BeginMetadata();
            foreach (var key in _metadata.Keys.Concat(_texts.Select(texts => texts.Key)).Order(StringComparer.Ordinal))
            {
                if (_metadata.TryGetValue(key, out var value))
                    writer.AddMetadata(key, value);
                else
                    writer.AddMetadata(key, _texts.Find(texts => texts.Key == key)!.Finish());
            }
            writer.End();
            entries.ReadByte();
            if (_names.Count > 0)
                header.WriteByte((byte)',');
        }
        entries.CopyTo(header, 1 << 20);
        writer.Pad();
    }

    private void RequireFree(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        SafetensorsHeaderWriter.CheckText(key, nameof(key));
        if (_metadata.ContainsKey(key) || _texts.Exists(texts => texts.Key == key))
            throw new ArgumentException($"The metadata has a {Reading.Text.Quote(key)} already.", nameof(key));
    }

    private void RequireNewTensor(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        SafetensorsHeaderWriter.CheckTensorName(name, nameof(name));
        if (!_names.Add(name))
            throw new ArgumentException($"Two tensors are named {Reading.Text.Quote(name)}.", nameof(name));
    }

    private static long CountOf(ReadOnlySpan<long> shape)
    {
        var count = 1L;
        foreach (var size in shape)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(size, nameof(shape));
            count = checked(count * size);
        }
        return count;
    }
}
