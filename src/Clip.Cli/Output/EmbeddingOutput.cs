using Clip.Cli.Files;

namespace Clip.Cli.Output;

/// <summary>A file of embeddings that grows row by row without being in memory, and appears when it is complete.</summary>
internal abstract class EmbeddingOutput : IDisposable
{
    /// <summary>Begins a file of the kind that its name ends with.</summary>
    /// <param name="path">The path: .safetensors, .npy or .jsonl.</param>
    /// <param name="embeddingSize">Elements of a row.</param>
    /// <param name="hasImages">Whether there are images.</param>
    /// <param name="hasTexts">Whether there are texts.</param>
    /// <param name="model">What the metadata calls the model.</param>
    /// <param name="isHalf">Whether rows are rounded to float16.</param>
    public static EmbeddingOutput Create(string path, int embeddingSize, bool hasImages, bool hasTexts, string model, bool isHalf) => KindOf(path) switch
    {
        ".npy" => new NpyOutput(path, embeddingSize, isHalf),
        ".jsonl" => new JsonLinesOutput(path),
        ".safetensors" => new SafetensorsOutput(path, embeddingSize, hasImages, hasTexts, model, isHalf),
        var kind => throw new UsageException($"There is no output of kind '{kind}'."),
    };

    /// <summary>Checks a path before a model is loaded for nothing.</summary>
    /// <exception cref="UsageException">The name's end is none of the three, .npy would have to hold two arrays, or .jsonl float16.</exception>
    public static void Check(string path, bool hasImages, bool hasTexts, bool isHalf)
    {
        if (isHalf && KindOf(path) == ".jsonl")
            throw new UsageException("--float16 is for .safetensors and .npy; the numbers of .jsonl are text.");
        if (KindOf(path) is not (".safetensors" or ".npy" or ".jsonl"))
            throw new UsageException($"--output must end in .safetensors, .npy or .jsonl, but is '{path}'.");
        if (KindOf(path) == ".npy" && hasImages && hasTexts)
            throw new UsageException("A .npy file holds one array: embed images or texts, or write .safetensors or .jsonl.");
    }

    /// <summary>Appends an image.</summary>
    public abstract void AddImage(string name, ReadOnlySpan<float> vector);

    /// <summary>Appends a text.</summary>
    public abstract void AddText(string text, ReadOnlySpan<float> vector);

    /// <summary>Completes the file and gives it its name.</summary>
    public abstract void Commit();

    /// <inheritdoc/>
    public abstract void Dispose();

    private static string KindOf(string path) => Path.GetExtension(path).ToLowerInvariant();
}
