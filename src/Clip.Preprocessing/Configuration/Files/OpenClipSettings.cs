using System.Text.Json;

namespace Clip.Preprocessing.Configuration;

/// <summary>open_clip's <c>preprocess_cfg</c>, alone or in open_clip_config.json; names and defaults as in its PreprocessCfg.</summary>
internal static class OpenClipSettings
{
    // What open_clip takes when neither part of the file says it.
    private const int UsualResolution = 224;

    /// <summary>Reads a whole open_clip_config.json.</summary>
    public static PreprocessingConfig ReadFile(Settings file)
    {
        var vision = file.Section("model_cfg")?.Section("vision_cfg");
        var resolution = (vision is null ? null : ReadResolution(vision, "image_size")) ?? UsualResolution;
        return file.Section("preprocess_cfg") is { } preprocess ? Read(preprocess, resolution) : PreprocessingConfig.OpenAI(resolution);
    }

    /// <summary>Reads the object itself.</summary>
    public static PreprocessingConfig Read(Settings settings, Resolution resolution)
    {
        if (settings.Text("mode") is { } mode && mode != "RGB")
            throw settings.Error("mode", $"is '{mode}', but images are RGB here");
        var standard = PreprocessingConfig.OpenAI(ReadResolution(settings, "size") ?? resolution);
        var config = standard with
        {
            Mean = settings.Channels("mean") ?? standard.Mean,
            Deviation = settings.Channels("std") ?? standard.Deviation,
            Interpolation = settings.Text("interpolation") switch
            {
                null or "bicubic" => Interpolation.Bicubic,
                "bilinear" => Interpolation.Bilinear,
                var other => throw settings.Error("interpolation", $"is '{other}', which is not bicubic or bilinear"),
            },
            ResizeMode = settings.Text("resize_mode") switch
            {
                null or "shortest" => ResizeMode.Shortest,
                "longest" => ResizeMode.Longest,
                "squash" => ResizeMode.Squash,
                var other => throw settings.Error("resize_mode", $"is '{other}', which is not shortest, longest or squash"),
            },
            Fill = ReadFill(settings),
        };
        settings.RefuseUnknown();
        // open_clip drops the interpolation where a shortest side meets two sizes, and so resizes by its default.
        var isDropped = config.ResizeMode == ResizeMode.Shortest && config.Resolution.Height != config.Resolution.Width;
        return isDropped ? config with { Interpolation = Interpolation.Bicubic } : config;
    }

    private static FillColor ReadFill(Settings settings)
    {
        if (settings.Integer("fill_color") is { } shade)
            return Shade(settings, shade);
        if (settings.Channels("fill_color") is not { } color)
            return default;
        return new FillColor(Shade(settings, color.Red).Red, Shade(settings, color.Green).Red, Shade(settings, color.Blue).Red);
    }

    private static FillColor Shade(Settings settings, double value) => value is >= 0 and <= 255 && double.IsInteger(value)
        ? (byte)value
        : throw settings.Error("fill_color", "must be made of whole numbers from 0 to 255");

    private static Resolution? ReadResolution(Settings settings, string name)
    {
        if (settings.Integer(name) is { } side)
            return side;
        return settings.Find(name) switch
        {
            null => null,
            { ValueKind: JsonValueKind.Array } list when list.GetArrayLength() == 2
                && list[0].TryGetInt32(out var height) && list[1].TryGetInt32(out var width) => new Resolution(height, width),
            _ => throw settings.Error(name, "must be one whole number, or height and width"),
        };
    }
}
