using System.Text.Json;
using Clip.Preprocessing.Configuration;
using Clip.Shared;

namespace Clip.Preprocessing;

public sealed partial record PreprocessingConfig
{
    private const string ImageProcessor = "image_processor";

    /// <summary>
    /// Reads open_clip_config.json (or its <c>preprocess_cfg</c> alone), Hugging Face's preprocessor_config.json or processor_config.json, or a
    /// config of Apple's code for MobileCLIP, which prepares all images in one way.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">It is damaged, or asks for something that is not done here.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static PreprocessingConfig Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var document = StrictJsonFile.Read(path, (problem, cause) => NotUsable(path, problem, cause));
        return Convert(document, path);
    }

    /// <summary>Reads what <see cref="Read"/> reads from memory.</summary>
    /// <param name="json">The file's UTF-8 text.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="InvalidDataException">It is damaged, or asks for something that is not done here.</exception>
    public static PreprocessingConfig Parse(ReadOnlyMemory<byte> json, string name = "(json)")
    {
        using var document = StrictJsonFile.Parse(json, (problem, cause) => NotUsable(name, problem, cause));
        return Convert(document, name);
    }

    /// <summary>Finds the file of a folder in Hugging Face's layout that says how images are prepared.</summary>
    /// <param name="folder">The folder of the weights.</param>
    /// <returns>
    /// The path of preprocessor_config.json; where there is none, of a processor_config.json with an image processor in it; else null.
    /// </returns>
    public static string? FindHuggingFaceFile(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var older = Path.Combine(folder, "preprocessor_config.json");
        if (File.Exists(older))
            return older;
        var newer = Path.Combine(folder, "processor_config.json");
        return File.Exists(newer) && MayHaveImageProcessor(newer) ? newer : null;
    }

    // transformers 4 keeps other things in a file of the same name. One that cannot be read has its say when it is.
    private static bool MayHaveImageProcessor(string path)
    {
        try
        {
            using var document = StrictJsonFile.Read(path, (problem, cause) => NotUsable(path, problem, cause));
            return document.RootElement.ValueKind != JsonValueKind.Object || document.RootElement.TryGetProperty(ImageProcessor, out _);
        }
        catch (InvalidDataException)
        {
            return true;
        }
    }

    private static PreprocessingConfig Convert(JsonDocument document, string name)
    {
        try
        {
            var config = ReadByKind(new Settings(document.RootElement, ""));
            config.Validate();
            return config;
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException or InvalidOperationException)
        {
            // InvalidOperationException: a string holds half of a surrogate pair.
            throw new InvalidDataException($"The preprocessing config '{name}' cannot be used: {e.Message.TrimEnd('.')}.", e);
        }
    }

    private static InvalidDataException NotUsable(string name, string problem, Exception? cause) =>
        new($"The preprocessing config '{name}' {problem}", cause);

    private static PreprocessingConfig ReadByKind(Settings file)
    {
        if (file.Section(ImageProcessor) is { } processor)
            return HuggingFaceSettings.Read(processor);
        if (file.Find("model_cfg") is not null || file.Find("preprocess_cfg") is not null)
            return OpenClipSettings.ReadFile(file);
        if (file.Section("image_cfg") is { } apple)
            return MobileClip(apple.Integer("image_size") ?? throw apple.Error("image_size", "is missing"));
        if (file.Find("mean") is not null || file.Find("resize_mode") is not null || file.Find("interpolation") is not null)
            return OpenClipSettings.Read(file, OpenAI(224).Resolution);
        if (file.Find("size") is null && file.Find("crop_size") is null && file.Find("image_mean") is null && file.Find("image_processor_type") is null)
            throw new InvalidDataException("it is neither open_clip's preprocess_cfg nor a Hugging Face preprocessor_config or processor_config");
        return HuggingFaceSettings.Read(file);
    }
}
