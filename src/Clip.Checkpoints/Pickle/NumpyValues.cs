using System.Buffers.Binary;
using Clip.Checkpoints.Reading;

namespace Clip.Checkpoints.Pickle;

/// <summary>numpy's dtype of plain numbers or truth values.</summary>
/// <param name="Element">How its values are stored, in little-endian order.</param>
internal sealed record NumpyType(ElementType Element);

/// <summary>A numpy array, which a pickle makes first and fills later.</summary>
internal sealed class NumpyArray
{
    /// <summary>Its elements; null until they are set.</summary>
    public PickleTensor? Tensor { get; set; }
}

/// <summary>Reads numpy's numbers and arrays of plain dtypes: data that training programs keep beside the weights, such as metrics and seeds.</summary>
/// <remarks>Source: numpy, <c>array_reduce</c>, <c>arraydescr_reduce</c> and <c>gentype_reduce</c>. Whatever holds Python objects is refused.</remarks>
internal sealed class NumpyValues(PickleInput input)
{
    private const long DTypeVersion = 3;
    private const long ArrayVersion = 1;

    /// <summary>The dtype of a code such as f8.</summary>
    public NumpyType Type(string code) => new(code switch
    {
        "f8" => ElementType.Float64,
        "f4" => ElementType.Float32,
        "f2" => ElementType.Float16,
        "i8" => ElementType.Int64,
        "i4" => ElementType.Int32,
        "i2" => ElementType.Int16,
        "i1" => ElementType.Int8,
        "u8" => ElementType.UInt64,
        "u4" => ElementType.UInt32,
        "u2" => ElementType.UInt16,
        "u1" => ElementType.UInt8,
        "b1" => ElementType.Bool,
        _ => throw input.Error($"has a numpy value of dtype {Text.Quote(code)}; only those of real numbers and truth values are read"),
    });

    /// <summary>Checks the state that a pickle gives a dtype: its byte order, and nothing that makes it more than a number.</summary>
    public void CheckState(NumpyType type, object? state)
    {
        if (state is not PickleSequence { Items: [DTypeVersion, string order, null, null, null, -1L, -1L, 0L] })
            throw input.Error($"has a numpy dtype of {type.Element.Name} with fields, a shape or metadata, which is not supported");
        if (order is not ("<" or "|" or "="))
            throw input.Error("has numpy values that are not in little-endian order, which is not supported");
    }

    /// <summary>A number as Python's: bool, long, BigInteger, float or double.</summary>
    public object Scalar(NumpyType type, byte[] bytes)
    {
        var element = type.Element;
        if (bytes.Length != element.Size)
            throw input.Error($"has a numpy {element.Name} of {bytes.Length} bytes instead of {element.Size}");
        if (element == ElementType.Float64)
            return BinaryPrimitives.ReadDoubleLittleEndian(bytes);
        if (element == ElementType.Float32)
            return BinaryPrimitives.ReadSingleLittleEndian(bytes);
        if (element == ElementType.Float16)
            return (float)BinaryPrimitives.ReadHalfLittleEndian(bytes);
        if (element == ElementType.Bool)
            return bytes[0] <= 1 ? bytes[0] == 1 : throw input.Error("has a numpy truth value that is neither 0 nor 1");

        var isUnsigned = element == ElementType.UInt8 || element == ElementType.UInt16 || element == ElementType.UInt32 || element == ElementType.UInt64;
        var value = new System.Numerics.BigInteger(bytes, isUnsigned);
        return value <= long.MaxValue ? (long)value : value;
    }

    /// <summary>Fills an array from its state: version, shape, dtype, whether the first dimension is the fastest, bytes.</summary>
    public void SetState(NumpyArray array, object? state)
    {
        if (array.Tensor is not null
            || state is not PickleSequence { Items: [ArrayVersion, PickleSequence shape, NumpyType { Element: var element }, bool isFirstFastest, byte[] bytes] })
        {
            throw input.Error("has a numpy array whose state is not that of plain numbers");
        }
        var sizes = Sizes(shape);
        if (TensorLayout.Count(sizes) is not { } count || (Int128)count * element.Size != bytes.Length)
            throw input.Error($"has a numpy array of {element.Name} and shape {Text.Shape(sizes)} in {bytes.Length:N0} bytes");

        var strides = isFirstFastest ? [.. TensorLayout.ContiguousStrides(sizes.Reverse().ToArray()).Reverse()] : TensorLayout.ContiguousStrides(sizes);
        array.Tensor = new PickleTensor(new PickleStorage(element, "", count, (0, count), bytes), element, 0, sizes, strides);
    }

    private long[] Sizes(PickleSequence shape)
    {
        if (shape.Items.Count > TensorLayout.MostDimensions || !shape.Items.TrueForAll(size => size is >= 0L))
            throw input.Error($"has a numpy array whose shape is not made of at most {TensorLayout.MostDimensions} sizes");
        return [.. shape.Items.Cast<long>()];
    }
}
