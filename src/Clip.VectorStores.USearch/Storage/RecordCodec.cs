using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Clip.Shared.VectorStores;
using Microsoft.Extensions.VectorData.ProviderServices;

namespace Clip.VectorStores.USearch.Storage;

/// <summary>Records to rows of the log and back.</summary>
/// <remarks>A row: bits that say which vectors are there (32), the vectors in float16, the key, the other fields in the order of their stored names.</remarks>
internal sealed class RecordCodec
{
    private const int PresenceBytes = 4;
    private const int MostVectors = 8 * PresenceBytes;

    private readonly CollectionModel _model;
    private readonly DataPropertyModel[] _fields;
    private readonly int[] _vectorOffsets;
    private readonly int _keyOffset;

    /// <summary>For the records of a model.</summary>
    /// <param name="model">Their properties.</param>
    /// <exception cref="NotSupportedException">There are more vectors than bits that say which are there.</exception>
    public RecordCodec(CollectionModel model)
    {
        if (model.VectorProperties.Count > MostVectors)
            throw new NotSupportedException($"Records have {model.VectorProperties.Count} vectors; {MostVectors} is the most.");
        _model = model;
        Vectors = [.. model.VectorProperties.OrderBy(property => property.StorageName, StringComparer.Ordinal)];
        _fields = [.. model.DataProperties.OrderBy(property => property.StorageName, StringComparer.Ordinal)];
        _vectorOffsets = new int[Vectors.Count];
        _keyOffset = PresenceBytes;
        for (var i = 0; i < Vectors.Count; i++)
        {
            _vectorOffsets[i] = _keyOffset;
            _keyOffset += 2 * Vectors[i].Dimensions;
        }
    }

    /// <summary>The vector properties in the order of rows.</summary>
    public IReadOnlyList<VectorPropertyModel> Vectors { get; }

    /// <summary>Writes a record.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="key">Its key.</param>
    /// <param name="record">The record.</param>
    /// <param name="vectors">Its vectors in the order of rows; null where it has none.</param>
    /// <exception cref="ArgumentException">A value is none that can be stored.</exception>
    public void Write(ArrayBufferWriter<byte> output, object key, object record, IReadOnlyList<ReadOnlyMemory<float>?> vectors)
    {
        var present = 0;
        for (var i = 0; i < Vectors.Count; i++)
            present |= vectors[i] is null ? 0 : 1 << i;
        output.WriteInt32(present);
        for (var i = 0; i < Vectors.Count; i++)
        {
            var bytes = output.GetSpan(2 * Vectors[i].Dimensions)[..(2 * Vectors[i].Dimensions)];
            var halves = MemoryMarshal.Cast<byte, Half>(bytes);
            halves.Clear();
            if (vectors[i] is { } vector)
                TensorPrimitives.ConvertToHalf(vector.Span, halves);
            if (TensorPrimitives.IndexOfMaxMagnitude<Half>(halves) is var most and >= 0 && !Half.IsFinite(halves[most]))
                throw new ArgumentException($"'{Vectors[i].ModelName}' of the record '{key}' has a number above {(float)Half.MaxValue}, the largest of float16.");
            output.Advance(bytes.Length);
        }
        output.WriteField(key);
        foreach (var field in _fields)
            output.WriteField(field.GetValueAsObject(record));
    }

    /// <summary>The key of a row.</summary>
    /// <param name="row">The row.</param>
    /// <exception cref="InvalidDataException">It is none of this model.</exception>
    public object ReadKey(ReadOnlySpan<byte> row)
    {
        if (row.Length < _keyOffset)
            throw new InvalidDataException($"It has a record of {row.Length} bytes, shorter than its vectors.");
        var reader = new FieldReader(row[_keyOffset..]);
        return reader.ReadField() is { } key && key.GetType() == _model.KeyProperty.Type ? key : throw new InvalidDataException("It has a key of another type.");
    }

    /// <summary>Whether a row has a vector.</summary>
    /// <param name="row">The row.</param>
    /// <param name="vector">Which one.</param>
    public bool HasVector(ReadOnlySpan<byte> row, int vector) => (MemoryMarshal.Read<int>(row) & 1 << vector) != 0;

    /// <summary>Reads a vector.</summary>
    /// <param name="row">The row.</param>
    /// <param name="vector">Which one.</param>
    /// <param name="values">Takes its numbers.</param>
    public void ReadVector(ReadOnlySpan<byte> row, int vector, Span<float> values) =>
        TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(row.Slice(_vectorOffsets[vector], 2 * values.Length)), values);

    /// <summary>Reads a record.</summary>
    /// <param name="row">Its row.</param>
    /// <param name="withVectors">Whether its vectors are wanted.</param>
    /// <exception cref="InvalidDataException">It is none of this model.</exception>
    public TRecord Read<TRecord>(ReadOnlySpan<byte> row, bool withVectors)
        where TRecord : class
    {
        var reader = new FieldReader(row[_keyOffset..]);
        var record = _model.CreateRecord<TRecord>()!;
        _model.KeyProperty.SetValueAsObject(record, reader.ReadField());
        foreach (var field in _fields)
            field.SetValueAsObject(record, As(field, reader.ReadField()));
        for (var i = 0; withVectors && i < Vectors.Count; i++)
        {
            if (!HasVector(row, i))
                continue;
            var vector = new float[Vectors[i].Dimensions];
            ReadVector(row, i, vector);
            Vectors[i].SetValueAsObject(record, StoreVectors.As(Vectors[i], vector));
        }
        return record;
    }

    private static object? As(DataPropertyModel field, object? value)
    {
        if (value is List<string> texts && field.Type == typeof(string[]))
            return texts.ToArray();
        var type = Nullable.GetUnderlyingType(field.Type) ?? field.Type;
        return value is null ? IsNullable(field.Type) ? null : throw Other(field) : value.GetType() == type ? value : throw Other(field);
    }

    private static bool IsNullable(Type type) => !type.IsValueType || Nullable.GetUnderlyingType(type) is not null;

    private static InvalidDataException Other(DataPropertyModel field) => new($"It has a record whose '{field.StorageName}' is no {field.Type.Name}.");
}
