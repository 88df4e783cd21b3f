using System.CommandLine;
using Clip.Preprocessing;

namespace Clip.Cli.Options;

/// <summary>The options that say how an image file is decoded, and what it may ask for.</summary>
internal sealed class DecodingOptions
{
    private readonly Option<int?> _maxPixels = Values.Whole("--max-pixels", "Refuse images with more pixels. Default: 178956970, where Pillow refuses.", 1, int.MaxValue);

    private readonly Option<int?> _maxSide = Values.Whole("--max-side", "Refuse images with a longer side, in pixels. Default: 65535.", 1, int.MaxValue);

    private readonly Option<long?> _maxBytes = Values.Bytes("--max-image-bytes", "Refuse longer files of images, such as 32MB. Default: 256 MiB.");

    private readonly Option<long?> _maxMemory = Values.Bytes("--max-image-memory", "Refuse images that take more memory to decode and resize. Default: 1 GiB.");

    private readonly Option<bool> _fast = new("--fast-decoding")
    {
        Description = "Decode large JPEG files at a fraction of their size: faster, with embeddings a little off those of exact decoding (cosine 0.997 and above where measured).",
    };

    /// <summary>The options, in the order of the help.</summary>
    public IEnumerable<Option> All => [_fast, _maxPixels, _maxSide, _maxBytes, _maxMemory];

    /// <summary>How images are read.</summary>
    /// <param name="invocation">The command line.</param>
    /// <exception cref="UsageException">Files may be longer than memory can hold at once.</exception>
    public ImagePreprocessorOptions Create(Invocation invocation)
    {
        var usual = ImageLimits.Default;
        if (invocation.Get(_maxBytes) > int.MaxValue)
            throw new UsageException($"{_maxBytes.Name} must be at most {int.MaxValue} bytes.");
        return new ImagePreprocessorOptions
        {
            FastDecoding = invocation.Get(_fast),
            Limits = usual with
            {
                MaxPixels = invocation.Get(_maxPixels) ?? usual.MaxPixels,
                MaxSide = invocation.Get(_maxSide) ?? usual.MaxSide,
                MaxBytes = (int?)invocation.Get(_maxBytes) ?? usual.MaxBytes,
                MaxMemory = invocation.Get(_maxMemory) ?? usual.MaxMemory,
            },
        };
    }
}
