using System.Text.Json.Nodes;
using Clip.Models;
using Clip.Preprocessing;

namespace Clip.Cli.Conversion;

/// <summary>Writes how images are prepared in the words of open_clip or of Hugging Face.</summary>
internal static class PreprocessingWriter
{
    // transformers, PILImageResampling.
    private const int Bilinear = 2;
    private const int Bicubic = 3;

    /// <summary>open_clip's preprocess_cfg.</summary>
    public static JsonObject WriteOpenClip(PreprocessingConfig config) => new()
    {
        ["size"] = config.Resolution.Height == config.Resolution.Width
            ? config.Resolution.Height
            : new JsonArray(config.Resolution.Height, config.Resolution.Width),
        ["mode"] = "RGB",
        ["mean"] = Channels(config.Mean),
        ["std"] = Channels(config.Deviation),
        ["interpolation"] = Word(config.Interpolation),
        ["resize_mode"] = Word(config.ResizeMode),
        ["fill_color"] = config.Fill is (var shade, var green, var blue) && shade == green && green == blue ? shade : new JsonArray(config.Fill.Red, config.Fill.Green, config.Fill.Blue),
    };

    /// <summary>Hugging Face's preprocessor_config.json; null where it has no words for it.</summary>
    /// <param name="config">The preprocessing.</param>
    /// <param name="isSigLip">Whether the model is a SiglipModel.</param>
    public static JsonObject? WriteHuggingFace(PreprocessingConfig config, bool isSigLip)
    {
        if (config.Patches is { } patches)
            return WriteNaFlex(config, patches);
        var (height, width) = config.Resolution;
        var isSquash = config.ResizeMode == ResizeMode.Squash;
        if (config.ResizeMode == ResizeMode.Longest || (!isSquash && (isSigLip || height != width)))
            return null;

        var written = new JsonObject
        {
            ["image_processor_type"] = isSigLip ? "SiglipImageProcessor" : "CLIPImageProcessor",
            ["do_resize"] = true,
            ["size"] = isSquash ? Sides(height, width) : new JsonObject { ["shortest_edge"] = height },
        };
        AddRest(written, config);
        if (!isSigLip)
        {
            written["do_center_crop"] = !isSquash;
            written["crop_size"] = Sides(height, width);
        }
        return written;
    }

    /// <summary>Says what a reader of the written words does otherwise; empty where they say all.</summary>
    /// <param name="original">The preprocessing that was written.</param>
    /// <param name="read">What a reader understands.</param>
    public static IReadOnlyList<string> Differences(PreprocessingConfig original, PreprocessingConfig read)
    {
        var found = new List<string>();
        // Only a crop is rounded, and only a border is filled.
        if (original.CropRounding != read.CropRounding && original.ResizeMode == ResizeMode.Shortest)
            found.Add("the center crop of some images is one pixel aside");
        if (original.ColorOrder != read.ColorOrder)
            found.Add("images with transparency, a palette or CMYK become RGB " + (read.ColorOrder == ColorOrder.ConvertThenResize ? "before" : "after") + " they are resized");
        if (original.Fill != read.Fill && original.ResizeMode == ResizeMode.Longest)
            found.Add("borders have another color");
        if (original with { CropRounding = read.CropRounding, ColorOrder = read.ColorOrder, Fill = read.Fill } != read)
            found.Add("size, resizing or normalization differ");
        return found;
    }

    private static JsonObject WriteNaFlex(PreprocessingConfig config, PatchBudget patches)
    {
        var written = new JsonObject
        {
            ["image_processor_type"] = "Siglip2ImageProcessor",
            ["do_resize"] = true,
            ["patch_size"] = patches.PatchSize,
            ["max_num_patches"] = patches.MostPatches,
        };
        AddRest(written, config);
        return written;
    }

    // What all of its processors do behind the size.
    private static void AddRest(JsonObject written, PreprocessingConfig config)
    {
        written["resample"] = Number(config.Interpolation);
        written["do_rescale"] = true;
        written["rescale_factor"] = 1 / 255.0;
        written["do_normalize"] = true;
        written["image_mean"] = Channels(config.Mean);
        written["image_std"] = Channels(config.Deviation);
        written["do_convert_rgb"] = true;
    }

    private static JsonArray Channels(ChannelValues values) => [Number(values.Red), Number(values.Green), Number(values.Blue)];

    // The shortest decimals that are this float32.
    private static JsonNode Number(float value) => JsonValue.Create(value);

    private static JsonObject Sides(int height, int width) => new() { ["height"] = height, ["width"] = width };

    private static string Word(Interpolation interpolation) => interpolation switch
    {
        Interpolation.Bicubic => "bicubic",
        Interpolation.Bilinear => "bilinear",
        _ => throw new ArgumentOutOfRangeException(nameof(interpolation), interpolation, "open_clip has no word for this interpolation."),
    };

    private static string Word(ResizeMode mode) => mode switch
    {
        ResizeMode.Shortest => "shortest",
        ResizeMode.Longest => "longest",
        ResizeMode.Squash => "squash",
        _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "open_clip has no word for this resize mode."),
    };

    private static int Number(Interpolation interpolation) => interpolation switch
    {
        Interpolation.Bicubic => Bicubic,
        Interpolation.Bilinear => Bilinear,
        _ => throw new ArgumentOutOfRangeException(nameof(interpolation), interpolation, "transformers has no number for this interpolation."),
    };
}
