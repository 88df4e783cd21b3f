using System.Collections.ObjectModel;
using Clip.Checkpoints;
using Clip.ZeroShot.ClassBanks;

namespace Clip.ZeroShot;

/// <summary>Classes as embeddings: one unit row per class, made of its prompts by the text tower; immutable.</summary>
/// <remarks>
/// <para>
/// A row is the mean of the prompts' unit embeddings, scaled to unit length again. It serves any number of images, and a file of it
/// spares the text tower the work the next time.
/// </para>
/// <para>Source: Radford et al. 2021, section 3.1.4; openai/CLIP, notebooks/Prompt_Engineering_for_ImageNet.ipynb.</para>
/// </remarks>
public sealed class ClassBank
{
    private readonly float[] _rows;
    private readonly Func<CancellationToken, string> _weightsHash;

    internal ClassBank(
        IReadOnlyList<string> classNames, PromptTemplates templates, float[] rows, string modelName, Func<CancellationToken, string> weightsHash, ClipModel? maker)
    {
        ClassNames = new ReadOnlyCollection<string>([.. classNames]);
        Templates = templates;
        EmbeddingSize = rows.Length / classNames.Count;
        ModelName = modelName;
        Maker = maker;
        _rows = rows;
        _weightsHash = weightsHash;
    }

    /// <summary>The names by class index, at least one.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>The templates the names were put into.</summary>
    public PromptTemplates Templates { get; }

    /// <summary>Channels of an embedding, E.</summary>
    public int EmbeddingSize { get; }

    /// <summary>The model that made the rows, by a name for people.</summary>
    public string ModelName { get; }

    /// <summary>All rows, [C, E], one after another.</summary>
    public ReadOnlySpan<float> Embeddings => _rows;

    /// <summary>The model that made the rows, where this process made them.</summary>
    internal ClipModel? Maker { get; }

    /// <summary>Makes the rows.</summary>
    /// <remarks>
    /// Prompts are made and embedded in chunks, so memory holds the rows and one chunk, however many prompts there are.
    /// </remarks>
    /// <param name="clip">The model, with a tokenizer; it is borrowed, and not needed after this but for hashing its weights file.</param>
    /// <param name="classNames">The classes, at least one; what is special to them goes into the name, as in "crane (bird)".</param>
    /// <param name="templates">The sentences; null for <see cref="PromptTemplates.Photo"/>.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="progress">Told after every chunk of some thousand prompts.</param>
    /// <param name="cancellationToken">Ends the work between batches.</param>
    /// <exception cref="ArgumentException">
    /// There is no name; one is null, blank, not valid text or appears twice; or a prompt is longer than the model's context. The message
    /// names the place.
    /// </exception>
    /// <exception cref="InvalidOperationException">The model has no vocabulary, or its weights give no direction for a class.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static ClassBank Create(
        ClipModel clip,
        IReadOnlyList<string> classNames,
        PromptTemplates? templates = null,
        ClassBankOptions? options = null,
        IProgress<ClassBankProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(clip);
        ArgumentNullException.ThrowIfNull(classNames);
        templates ??= PromptTemplates.Photo;
        ClassNameRules.Check(classNames, options ?? new ClassBankOptions());

        var prompts = new PromptList(classNames, templates);
        var rows = new ClassEmbedder(clip, prompts, progress).Embed(cancellationToken);
        return new ClassBank(classNames, templates, rows, clip.Card.Name, clip.GetWeightsHash, clip);
    }

    /// <summary>Reads a bank from a file that <see cref="Save"/> wrote.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="CheckpointException">The file is damaged, or no class bank; the message says what is wrong.</exception>
    public static ClassBank Load(string path) => ClassBankFile.Read(path);

    /// <summary>Writes the bank to a safetensors file, whole or not at all.</summary>
    /// <remarks>
    /// The tensor <c>class_embeddings</c> [C, E] in float32; names, templates, model and the hash of its weights in the metadata.
    /// </remarks>
    /// <param name="path">The file, replaced if it exists.</param>
    /// <param name="cancellationToken">Ends the hashing of the weights, if that is still to be done.</param>
    /// <exception cref="IOException">The folder does not exist or the disk is full; what was there before is unchanged.</exception>
    public void Save(string path, CancellationToken cancellationToken = default) =>
        ClassBankFile.Write(this, path, GetWeightsHash(cancellationToken));

    /// <summary>The row of one class: a view of E elements of unit length.</summary>
    /// <param name="index">The class, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public ReadOnlySpan<float> GetEmbedding(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, ClassNames.Count);
        return _rows.AsSpan(index * EmbeddingSize, EmbeddingSize);
    }

    /// <summary>SHA-256 of the weights that made the rows, as <see cref="ClipModel.GetWeightsHash"/> gives it.</summary>
    /// <param name="cancellationToken">Ends the hashing, which reads the weights once where this process made the bank.</param>
    /// <returns>64 lower-case hexadecimal digits.</returns>
    public string GetWeightsHash(CancellationToken cancellationToken = default) => _weightsHash(cancellationToken);
}
