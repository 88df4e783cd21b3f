namespace Clip.Preprocessing.Configuration;

/// <summary>The settings of Hugging Face's image processors for CLIP and SigLIP; names and defaults as in theirs.</summary>
/// <remarks>
/// They are the whole of preprocessor_config.json, which transformers 4 writes, and "image_processor" in the processor_config.json of
/// transformers 5.
/// </remarks>
internal static class HuggingFaceSettings
{
    // A thousand patches on each side.
    private const int MostPatches = 1 << 20;

    private const int UsualResolution = 224;

    // The processors' number is rounded to double; a file may hold fewer digits.
    private const double RescaleTolerance = 1e-9;

    private enum Kind
    {
        Clip,
        SigLip,
        SigLip2,
    }

    public static PreprocessingConfig Read(Settings settings)
    {
        var kind = ReadKind(settings);
        RequireSteps(settings);
        if (kind == Kind.SigLip2)
            return ReadNaFlex(settings);
        var isSigLip = kind == Kind.SigLip;
        var (mean, deviation) = (settings.Channels("image_mean"), settings.Channels("image_std"));
        var (resolution, mode) = ReadSize(settings, isSigLip);
        var standard = isSigLip ? PreprocessingConfig.SigLip(resolution) : PreprocessingConfig.HuggingFace(resolution);
        var config = standard with
        {
            ResizeMode = mode,
            ColorOrder = ColorOrder.ConvertThenResize,
            CropRounding = CropRounding.Floor,
            Mean = mean ?? standard.Mean,
            Deviation = deviation ?? standard.Deviation,
            Interpolation = ReadInterpolation(settings, Interpolation.Bicubic),
        };
        IgnoreUnrelated(settings);
        settings.RefuseUnknown();
        return config;
    }

    private static PreprocessingConfig ReadNaFlex(Settings settings)
    {
        var patch = Positive(settings, "patch_size", PreprocessingConfig.MostResolution) ?? 16;
        var most = Positive(settings, "max_num_patches", MostPatches) ?? 256;
        var standard = PreprocessingConfig.NaFlex(patch, most);
        var config = standard with
        {
            Mean = settings.Channels("image_mean") ?? standard.Mean,
            Deviation = settings.Channels("image_std") ?? standard.Deviation,
            Interpolation = ReadInterpolation(settings, Interpolation.Bilinear),
        };
        IgnoreUnrelated(settings);
        settings.RefuseUnknown();
        return config;
    }

    private static int? Positive(Settings settings, string name, int most) => settings.Integer(name) is not { } number ? null
        : number >= 1 && number <= most ? number
        : throw settings.Error(name, $"must be from 1 to {most} but is {number}");

    private static Kind ReadKind(Settings settings)
    {
        var type = settings.Text("image_processor_type") ?? settings.Text("feature_extractor_type");
        settings.Ignore("feature_extractor_type");
        return type switch
        {
            null or "CLIPImageProcessor" or "CLIPImageProcessorFast" or "CLIPImageProcessorPil" or "CLIPFeatureExtractor" => Kind.Clip,
            "SiglipImageProcessor" or "SiglipImageProcessorFast" or "SiglipImageProcessorPil" => Kind.SigLip,
            "Siglip2ImageProcessor" or "Siglip2ImageProcessorFast" or "Siglip2ImageProcessorPil" => Kind.SigLip2,
            _ => throw settings.Error("image_processor_type", $"is '{type}', which is neither CLIP's nor SigLIP's"),
        };
    }

    private static Interpolation ReadInterpolation(Settings settings, Interpolation usual) => settings.OptionalNumber("resample") switch
    {
        null => usual,
        3 => Interpolation.Bicubic,
        2 => Interpolation.Bilinear,
        var other => throw settings.Error("resample", $"is {other}, which is not 2 (bilinear) or 3 (bicubic)"),
    };

    private static void IgnoreUnrelated(Settings settings) => settings.Ignore(
        "processor_class", "_valid_processor_keys", "use_fast", "data_format", "input_data_format", "return_tensors", "device", "default_to_square");

    private static void RequireSteps(Settings settings)
    {
        foreach (var step in (string[])["do_resize", "do_rescale", "do_normalize", "do_convert_rgb"])
        {
            if (!settings.Flag(step, true))
                throw settings.Error(step, "is false, but the step is always done here");
        }
        if (settings.Flag("do_pad", false))
            throw settings.Error("do_pad", "is not supported");
        if (settings.OptionalNumber("rescale_factor") is { } factor && Math.Abs(factor - 1 / 255.0) > RescaleTolerance)
            throw settings.Error("rescale_factor", $"is {factor}, not 1/255");
    }

    private static (Resolution, ResizeMode) ReadSize(Settings settings, bool isSigLip)
    {
        var crop = settings.Flag("do_center_crop", !isSigLip) ? ReadSides(settings, "crop_size") ?? UsualResolution : (Resolution?)null;
        settings.Ignore("crop_size");

        var shortest = settings.Integer("size");
        if (shortest is null && settings.Section("size") is { } size)
        {
            shortest = size.Integer("shortest_edge");
            if (shortest is null)
            {
                var squashed = ReadSides(settings, "size")!.Value;
                return crop is null || crop == squashed
                    ? (squashed, ResizeMode.Squash)
                    : throw settings.Error("crop_size", $"is {crop}, not {squashed} as size is");
            }
            size.RefuseUnknown();
        }
        shortest ??= UsualResolution;
        if (isSigLip)
            return (shortest.Value, ResizeMode.Squash);
        return crop == (Resolution)shortest.Value
            ? (crop.Value, ResizeMode.Shortest)
            : throw settings.Error("crop_size", $"is {crop?.ToString() ?? "off"}, but only a crop of the size itself, {shortest}, is supported");
    }

    private static Resolution? ReadSides(Settings settings, string name)
    {
        if (settings.Integer(name) is { } side)
            return side;
        if (settings.Section(name) is not { } sides)
            return null;
        var resolution = sides.Integer("shortest_edge") is { } edge ? edge
            : sides.Integer("height") is { } height && sides.Integer("width") is { } width ? new Resolution(height, width)
            : throw settings.Error(name, "must have height and width");
        sides.RefuseUnknown();
        return resolution;
    }
}
