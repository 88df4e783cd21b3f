using System.Text.Json;
using Clip.Preprocessing.Configuration;
using Clip.Shared;

namespace Clip.Preprocessing;

public sealed partial record PreprocessingConfig
{
    // The longest published one has some 6 kB.
    private const long MostFileBytes = 1 << 20;

    private const string ImageProcessor = "image_processor";

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 32 };

    /// <summary>
    /// Reads open_clip_config.json (or its <c>preprocess_cfg</c> alone), or Hugging Face's preprocessor_config.json or processor_config.json.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">It is damaged, or asks for something that is not done here.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static PreprocessingConfig Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (RegularFile.FindProblem(path) is { } problem)
            throw new InvalidDataException($"The preprocessing config '{path}' {problem}");
        var length = new FileInfo(path).Length;
        if (length > MostFileBytes)
            throw new InvalidDataException($"The preprocessing config '{path}' has {length} bytes, more than any real one.");
        return Parse(File.ReadAllBytes(path), path);
    }

    /// <summary>Reads what <see cref="Read"/> reads from memory.</summary>
    /// <param name="json">The file's UTF-8 text.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="InvalidDataException">It is damaged, or asks for something that is not done here.</exception>
    public static PreprocessingConfig Parse(ReadOnlyMemory<byte> json, string name = "(json)")
    {
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            var config = ReadByKind(new Settings(document.RootElement, ""));
            config.Validate();
            return config;
        }
        catch (Exception e) when (e is JsonException or InvalidDataException or ArgumentException or InvalidOperationException)
        {
            // InvalidOperationException: a string holds half of a surrogate pair.
            throw new InvalidDataException($"The preprocessing config '{name}' cannot be used: {e.Message.TrimEnd('.')}.", e);
        }
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
        if (new FileInfo(path).Length > MostFileBytes)
            return true;
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path), Strict);
            return document.RootElement.ValueKind != JsonValueKind.Object || document.RootElement.TryGetProperty(ImageProcessor, out _);
        }
        catch (JsonException)
        {
            return true;
        }
    }

    private static PreprocessingConfig ReadByKind(Settings file)
    {
        if (file.Section(ImageProcessor) is { } processor)
            return HuggingFaceSettings.Read(processor);
        if (file.Find("model_cfg") is not null || file.Find("preprocess_cfg") is not null)
            return OpenClipSettings.ReadFile(file);
        if (file.Find("mean") is not null || file.Find("resize_mode") is not null || file.Find("interpolation") is not null)
            return OpenClipSettings.Read(file, OpenAI(224).Resolution);
        if (file.Find("size") is null && file.Find("crop_size") is null && file.Find("image_mean") is null)
            throw new InvalidDataException("it is neither open_clip's preprocess_cfg nor a Hugging Face preprocessor_config or processor_config");
        return HuggingFaceSettings.Read(file);
    }
}
