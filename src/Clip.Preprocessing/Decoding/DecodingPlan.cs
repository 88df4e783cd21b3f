using Clip.Preprocessing.Resampling;

namespace Clip.Preprocessing.Decoding;

/// <summary>How a file will be decoded and resized, and the memory that takes; made from the header alone.</summary>
/// <param name="Header">What the file says of itself.</param>
/// <param name="Orientation">1 to 8: how it is turned upright; 1 changes nothing.</param>
/// <param name="Resize">The new size and crop.</param>
/// <param name="ReducedBy">1, 2, 4 or 8: by how much a JPEG is reduced while it is decoded.</param>
/// <param name="Stripes">What decodes it in stripes; null where it is decoded whole.</param>
/// <param name="Memory">Bytes, never too low.</param>
internal readonly record struct DecodingPlan(
    ImageHeader Header, int Orientation, ResizePlan Resize, int ReducedBy, IStripeDecoder? Stripes, long Memory)
{
    // Tables, a few rows, and the objects of a codec.
    private const long Overhead = 1 << 20;

    // Beyond it a slower decoder reads in stripes what a faster one would decode whole.
    private const long LargestWhole = 256 << 20;

    // An old pixel has a share in up to four new ones, of about 20 bytes each.
    private const long BytesPerWeight = 80;

    /// <summary>A side of an image that is reduced.</summary>
    public static long Reduced(long side, int reduction) => (side + reduction - 1) / reduction;

    /// <summary>The new size and crop of what was decoded; a decoder need not reduce.</summary>
    /// <param name="width">Width of what was decoded, upright.</param>
    /// <param name="height">Its height.</param>
    public ResizePlan ResizeOf(int width, int height)
    {
        var (oldWidth, oldHeight) = Orientation >= 5 ? (Header.Height, Header.Width) : (Header.Width, Header.Height);
        return ReducedBy > 1 && (width, height) == (Reduced(oldWidth, ReducedBy), Reduced(oldHeight, ReducedBy))
            ? Resize with { Extent = PixelExtent.OfReduced(oldWidth, oldHeight, ReducedBy, Orientation) }
            : Resize;
    }

    /// <summary>Plans for a file.</summary>
    /// <param name="encoded">The whole file.</param>
    /// <param name="config">What the model expects.</param>
    /// <param name="options">The decoder, its limits and its budget.</param>
    /// <param name="isWanted">Whether the pixels in full size are what is asked for, rather than those that the model takes.</param>
    /// <exception cref="InvalidDataException">It is no image file, is damaged, or goes beyond the limits.</exception>
    public static DecodingPlan Create(ReadOnlySpan<byte> encoded, PreprocessingConfig config, ImagePreprocessorOptions options, bool isWanted)
    {
        options.Limits.RequireBytes(encoded.Length);
        var header = ImageHeader.Read(encoded);
        options.Limits.RequireSize(header);
        if (header.Format == ImageFormat.Jpeg)
            JpegHeader.RequireEnd(encoded);

        var orientation = options.ApplyOrientation ? header.Orientation : 1;
        var (width, height) = ((int)header.Width, (int)header.Height);
        if (orientation >= 5)
            (width, height) = (height, width);
        var resize = ResizePlan.Create(config, width, height);
        var most = Math.Min(options.Limits.MaxMemory, options.Budget.Bytes);
        var mayReduce = options.FastDecoding && !isWanted && header.Format == ImageFormat.Jpeg;

        var plan = Whole(mayReduce ? Reduction.Choose(width, height, resize) : 1);
        if (!isWanted && orientation == 1 && FindStripeDecoder(options.Decoder, header, plan.ReducedBy, out var isFirst) is { } stripes
            && plan.Memory > Math.Min(most, isFirst ? stripes.LargestWhole : LargestWhole))
        {
            plan = plan with
            {
                Stripes = stripes,
                Memory = Resampling(plan.ReducedBy) + StripeReader.Memory(Reduced(header.Width, plan.ReducedBy)) + header.BufferedBytes,
            };
        }
        if (plan.Memory > most && mayReduce && Reduction.ChooseSmallest(width, height, resize) is var smallest && smallest > plan.ReducedBy
            && Whole(smallest) is var reduced && reduced.Memory < plan.Memory)
        {
            plan = reduced;
        }
        plan.RequireMemory(options);
        return plan;

        DecodingPlan Whole(int reduction)
        {
            var decoding = options.Decoder.EstimateMemory(header, reduction);
            // One that takes as much as for the whole image does not reduce it.
            var resampled = reduction > 1 && decoding == options.Decoder.EstimateMemory(header) ? 1 : reduction;
            var pixels = 4 * Reduced(header.Width, resampled) * Reduced(header.Height, resampled);
            var memory = decoding + (orientation == 1 ? 0 : pixels) + (isWanted ? Overhead : Resampling(resampled));
            return new DecodingPlan(header, orientation, resize, reduction, null, memory);
        }

        // The rows between the two passes with the room that is kept for a larger image, the result, and the weights.
        long Resampling(int reduction) =>
            Overhead + 5L * (resize.Result.Width + 8) * (Reduced(height, reduction) + 2L * resize.Result.Height)
            + BytesPerWeight * (Reduced(width, reduction) + Reduced(height, reduction));
    }

    private static IStripeDecoder? FindStripeDecoder(IImageDecoder decoder, ImageHeader header, int reduction, out bool isFirst)
    {
        if (decoder is DecoderChain chain)
            return chain.FindStripeDecoder(header, reduction, out isFirst);
        isFirst = true;
        return decoder is IStripeDecoder stripes && stripes.CanReadStripes(header, reduction) ? stripes : null;
    }

    private void RequireMemory(ImagePreprocessorOptions options)
    {
        if (Memory > options.Limits.MaxMemory)
        {
            throw new InvalidDataException(
                $"decoding its {Header.Width:N0} x {Header.Height:N0} pixels takes {Memory:N0} bytes of memory, more than the limit of " +
                $"{options.Limits.MaxMemory:N0}; make the image smaller, or raise {nameof(ImageLimits)}.{nameof(ImageLimits.MaxMemory)}");
        }
        if (Memory > options.Budget.Bytes)
        {
            throw new InvalidDataException(
                $"decoding its {Header.Width:N0} x {Header.Height:N0} pixels takes {Memory:N0} bytes of memory, more than the budget of " +
                $"{options.Budget.Bytes:N0} for all images; make the image smaller, or give " +
                $"{nameof(ImagePreprocessorOptions)}.{nameof(ImagePreprocessorOptions.Budget)} more");
        }
    }
}
