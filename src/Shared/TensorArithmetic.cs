namespace Clip.Shared;

/// <summary>Sums of tensors and their arithmetic with numbers, whose <see cref="Scalar"/>s live until the native code has returned.</summary>
/// <remarks>
/// TorchSharp's own (<c>x + y</c>, <c>x * 2</c>, <c>arange(n)</c>) hands native code the address of a <see cref="Scalar"/> that nothing refers to any more:
/// a garbage collection on another thread lets the finalizer free it before it is read. The methods are TorchSharp's operations with the same numbers:
/// whole ones stay whole, so that tensors of whole numbers do.
/// </remarks>
internal static class TensorArithmetic
{
    // Of the process, so never freed. A sum multiplies what is added by one.
    private static readonly Scalar One = 1;
    private static readonly Scalar Two = 2;

    /// <summary><c>arange(count)</c>: 0, 1, ..., count - 1.</summary>
    public static Tensor Range(long count, ScalarType dtype, Device? device = null) => Range(0, count, dtype, device);

    /// <summary><c>arange(start, end)</c>: start, start + 1, ..., end - 1.</summary>
    public static Tensor Range(long start, long end, ScalarType dtype, Device? device = null)
    {
        using Scalar first = start, last = end;
        return arange(first, last, One, dtype, device);
    }

    /// <summary><c>x + y</c>.</summary>
    public static Tensor Plus(this Tensor x, Tensor y) => x.add(y, One);

    /// <summary><c>x + number</c>.</summary>
    public static Tensor Plus(this Tensor x, double number)
    {
        using Scalar scalar = number;
        return x.add(scalar, One);
    }

    /// <inheritdoc cref="Plus(Tensor, double)"/>
    public static Tensor Plus(this Tensor x, long number)
    {
        using Scalar scalar = number;
        return x.add(scalar, One);
    }

    /// <summary><c>x - number</c>.</summary>
    public static Tensor Minus(this Tensor x, long number)
    {
        using Scalar scalar = number;
        return x.sub(scalar);
    }

    /// <summary><c>number - x</c>.</summary>
    public static Tensor SubtractedFrom(this Tensor x, double number) => x.negative().Plus(number);

    /// <inheritdoc cref="SubtractedFrom(Tensor, double)"/>
    public static Tensor SubtractedFrom(this Tensor x, long number) => x.negative().Plus(number);

    /// <summary><c>x * number</c>.</summary>
    public static Tensor Times(this Tensor x, double number)
    {
        using Scalar scalar = number;
        return x.mul(scalar);
    }

    /// <inheritdoc cref="Times(Tensor, double)"/>
    public static Tensor Times(this Tensor x, long number)
    {
        using Scalar scalar = number;
        return x.mul(scalar);
    }

    /// <summary><c>x / number</c>.</summary>
    public static Tensor DividedBy(this Tensor x, double number)
    {
        using Scalar scalar = number;
        return x.div(scalar);
    }

    /// <inheritdoc cref="DividedBy(Tensor, double)"/>
    public static Tensor DividedBy(this Tensor x, long number)
    {
        using Scalar scalar = number;
        return x.div(scalar);
    }

    /// <summary><c>x % number</c>.</summary>
    public static Tensor Modulo(this Tensor x, long number)
    {
        using Scalar scalar = number;
        return x.remainder(scalar);
    }

    /// <summary><c>x.square()</c>.</summary>
    public static Tensor Squared(this Tensor x) => x.pow(Two);

    /// <summary><c>x.clamp_min(least)</c>.</summary>
    public static Tensor AtLeast(this Tensor x, long least)
    {
        using Scalar scalar = least;
        return x.clamp_min(scalar);
    }

    /// <summary><c>x.eq(number)</c>.</summary>
    public static Tensor IsEqualTo(this Tensor x, long number)
    {
        using Scalar scalar = number;
        return x.eq(scalar);
    }

    /// <summary><c>x.ne(number)</c>.</summary>
    public static Tensor IsNot(this Tensor x, long number)
    {
        using Scalar scalar = number;
        return x.ne(scalar);
    }

    /// <summary><c>x.gt(number)</c>.</summary>
    public static Tensor IsGreaterThan(this Tensor x, long number)
    {
        using Scalar scalar = number;
        return x.gt(scalar);
    }

    /// <summary><c>x.masked_fill(mask, number)</c>.</summary>
    public static Tensor FillWhere(this Tensor x, Tensor mask, double number)
    {
        using Scalar scalar = number;
        return x.masked_fill(mask, scalar);
    }

    /// <summary>The one number of a tensor on any device, <c>x.ToInt64()</c>.</summary>
    public static long ReadInt64(this Tensor x)
    {
        using var scalar = x.ToScalar();
        return scalar.ToInt64();
    }

    /// <summary><c>x.add_(y)</c>.</summary>
    public static Tensor AddInPlace(this Tensor x, Tensor y) => x.add_(y, One);

    /// <summary><c>x.add_(y, factor)</c>.</summary>
    public static Tensor AddInPlace(this Tensor x, Tensor y, double factor)
    {
        using Scalar scalar = factor;
        return x.add_(y, scalar);
    }

    /// <summary><c>x.add_(number)</c>.</summary>
    public static Tensor AddInPlace(this Tensor x, double number)
    {
        using Scalar scalar = number;
        return x.add_(scalar, One);
    }

    /// <inheritdoc cref="AddInPlace(Tensor, double)"/>
    public static Tensor AddInPlace(this Tensor x, long number)
    {
        using Scalar scalar = number;
        return x.add_(scalar, One);
    }

    /// <summary><c>x.addcmul_(first, second, factor)</c>.</summary>
    public static Tensor AddProductInPlace(this Tensor x, Tensor first, Tensor second, double factor)
    {
        using Scalar scalar = factor;
        return x.addcmul_(first, second, scalar);
    }

    /// <summary><c>x.addcdiv_(dividend, divisor, factor)</c>.</summary>
    public static Tensor AddQuotientInPlace(this Tensor x, Tensor dividend, Tensor divisor, double factor)
    {
        using Scalar scalar = factor;
        return x.addcdiv_(dividend, divisor, scalar);
    }

    /// <summary><c>x.sub_(number)</c>.</summary>
    public static Tensor SubtractInPlace(this Tensor x, long number)
    {
        using Scalar scalar = number;
        return x.sub_(scalar);
    }

    /// <summary><c>x.mul_(number)</c>.</summary>
    public static Tensor MultiplyInPlace(this Tensor x, double number)
    {
        using Scalar scalar = number;
        return x.mul_(scalar);
    }

    /// <summary><c>x.div_(number)</c>.</summary>
    public static Tensor DivideInPlace(this Tensor x, double number)
    {
        using Scalar scalar = number;
        return x.div_(scalar);
    }

    /// <inheritdoc cref="DivideInPlace(Tensor, double)"/>
    public static Tensor DivideInPlace(this Tensor x, long number)
    {
        using Scalar scalar = number;
        return x.div_(scalar);
    }

    /// <summary><c>x.clamp_(least, most)</c>.</summary>
    public static Tensor ClampInPlace(this Tensor x, double least, double most)
    {
        using Scalar first = least, last = most;
        return x.clamp_(first, last);
    }

    /// <summary><c>x.fill_(number)</c>.</summary>
    public static Tensor FillWith(this Tensor x, double number)
    {
        using Scalar scalar = number;
        return x.fill_(scalar);
    }

    /// <inheritdoc cref="FillWith(Tensor, double)"/>
    public static Tensor FillWith(this Tensor x, long number)
    {
        using Scalar scalar = number;
        return x.fill_(scalar);
    }

    /// <summary><c>x.masked_fill_(mask, number)</c>.</summary>
    public static Tensor FillInPlaceWhere(this Tensor x, Tensor mask, double number)
    {
        using Scalar scalar = number;
        return x.masked_fill_(mask, scalar);
    }

    /// <summary><c>nn.init.constant_(x, number)</c>, which gives a parameter its first values.</summary>
    public static void Initialize(this Tensor x, double number)
    {
        using Scalar scalar = number;
        nn.init.constant_(x, scalar);
    }
}
