using System.Text.Json;
using Clip.Preprocessing.Configuration;
using Clip.Shared;

namespace Clip.Preprocessing;

public sealed partial record PreprocessingConfig
{
    // The longest published one has some 6 kB.
    private const long MostFileBytes = 1 << 20;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 32 };

    /// <summary>
    /// Reads open_clip_config.json (or its <c>preprocess_cfg</c> alone) or a Hugging Face preprocessor_config.json.
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

    private static PreprocessingConfig ReadByKind(Settings file)
    {
        if (file.Find("model_cfg") is not null || file.Find("preprocess_cfg") is not null)
            return OpenClipSettings.ReadFile(file);
        if (file.Find("mean") is not null || file.Find("resize_mode") is not null || file.Find("interpolation") is not null)
            return OpenClipSettings.Read(file, OpenAI(224).Resolution);
        if (file.Find("size") is null && file.Find("crop_size") is null && file.Find("image_mean") is null)
            throw new InvalidDataException("it is neither open_clip's preprocess_cfg nor a Hugging Face preprocessor_config");
        return HuggingFaceSettings.Read(file);
    }
}
