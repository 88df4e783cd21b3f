using System.Runtime.CompilerServices;
using Clip.Preprocessing;
using Clip.ZeroShot.Classification;

namespace Clip.ZeroShot;

/// <summary>Tells which of some classes an image shows, knowing no more of them than their names.</summary>
/// <remarks>
/// <para>
/// Owns the class rows on the model's device and borrows the model. Safe for use by several threads at once; dispose it after the last call.
/// </para>
/// <para>Source: Radford et al. 2021, section 3.1.2, "Using CLIP for zero-shot transfer".</para>
/// </remarks>
public sealed partial class ZeroShotClassifier : IDisposable
{
    private readonly ClassMatrix _classes;
    private float? _minSimilarity;
    private float? _minProbability;
    private int _isDisposed;

    /// <summary>Makes a class bank and a classifier on it.</summary>
    /// <param name="clip">The model; it stays the caller's.</param>
    /// <param name="classNames">The classes, at least one, each once; what is special to them goes into the name, as in "crane (bird)".</param>
    /// <param name="templates">The sentences; null for <see cref="PromptTemplates.Photo"/>.</param>
    /// <param name="progress">Told while the prompts are embedded.</param>
    /// <param name="cancellationToken">Ends that work between batches.</param>
    /// <exception cref="ArgumentException">A name is null, blank or appears twice, or a prompt is longer than the model's context.</exception>
    /// <exception cref="InvalidOperationException">The model has no vocabulary.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public ZeroShotClassifier(
        ClipModel clip,
        IReadOnlyList<string> classNames,
        PromptTemplates? templates = null,
        IProgress<ClassBankProgress>? progress = null,
        CancellationToken cancellationToken = default)
        : this(clip, ClassBank.Create(clip, classNames, templates, null, progress, cancellationToken))
    {
    }

    /// <summary>Makes a classifier on a bank that exists.</summary>
    /// <remarks>For a bank from a file the model's weights are hashed, which reads their file once per model.</remarks>
    /// <param name="clip">The model; it stays the caller's.</param>
    /// <param name="bank">A bank that the same weights made.</param>
    /// <exception cref="ArgumentException">Other weights made the bank; the message has both hashes.</exception>
    public ZeroShotClassifier(ClipModel clip, ClassBank bank)
    {
        ArgumentNullException.ThrowIfNull(clip);
        ArgumentNullException.ThrowIfNull(bank);
        RequireSameWeights(clip, bank);
        Model = clip;
        Bank = bank;
        _classes = new ClassMatrix(bank, clip.Target.Device);
    }

    /// <summary>The model that embeds the images.</summary>
    public ClipModel Model { get; }

    /// <summary>The classes as embeddings.</summary>
    public ClassBank Bank { get; }

    /// <summary>The names by class index.</summary>
    public IReadOnlyList<string> ClassNames => Bank.ClassNames;

    /// <summary>
    /// The similarity that a class needs to be answered, from -1 to 1, or null. An empty answer means "none of these". Fitting pairs of
    /// OpenAI's models lie between 0.2 and 0.35, so take the threshold from images of your own.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from -1 to 1.</exception>
    public float? MinSimilarity
    {
        get => _minSimilarity;
        init => _minSimilarity = value is null or (>= -1 and <= 1) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A similarity is from -1 to 1.");
    }

    /// <summary>
    /// The probability that a class needs to be answered, from 0 to 1, or null. For models trained with a softmax it is relative to the other
    /// classes: it finds images between two classes, not those of none, unless a class such as "something else" is among them.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to 1.</exception>
    public float? MinProbability
    {
        get => _minProbability;
        init => _minProbability = value is null or (>= 0 and <= 1) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A probability is from 0 to 1.");
    }

    private PredictionRules Rules => new(ClassNames, Model.LogitScale, Model.LogitBias, MinSimilarity, MinProbability);

#pragma warning disable RS0026 // The overloads differ in what an image is, which is never left out.

    /// <summary>Classifies one image.</summary>
    /// <param name="image">A file, encoded bytes, a stream or pixels.</param>
    /// <param name="top">How many classes to answer at most, at least 1.</param>
    /// <returns>The likeliest classes, best first, ties by index; empty where none reaches the thresholds.</returns>
    /// <exception cref="ImageDecodingException">The image cannot be read.</exception>
    public IReadOnlyList<ClassPrediction> Classify(ImageSource image, int top = 5)
    {
        RequireUsable(top);
        return Rules.Choose(_classes.Multiply(Model.EmbedImage(image)), top);
    }

    /// <summary>Classifies one image by its embedding.</summary>
    /// <param name="embedding">The model's embedding of it, of unit length.</param>
    /// <param name="top">How many classes to answer at most, at least 1.</param>
    /// <returns>The likeliest classes, best first, ties by index; empty where none reaches the thresholds.</returns>
    /// <exception cref="ArgumentException">The embedding has another size, is not finite, or is not of unit length.</exception>
    public IReadOnlyList<ClassPrediction> Classify(ReadOnlySpan<float> embedding, int top = 5)
    {
        RequireUsable(top);
        EmbeddingCheck.Require(embedding, Bank.EmbeddingSize, nameof(embedding));
        return Rules.Choose(_classes.Multiply(embedding), top);
    }

    /// <summary>Classifies image files.</summary>
    /// <param name="paths">The files, in any number.</param>
    /// <param name="top">How many classes to answer per image at most, at least 1.</param>
    /// <param name="progress">Told after each batch of embedded images.</param>
    /// <param name="cancellationToken">Ends the work between images.</param>
    /// <returns>Per image, in their order: the likeliest classes, best first; empty where none reaches the thresholds.</returns>
    /// <remarks>All images together are one matrix product with the bank, in blocks where there are thousands.</remarks>
    /// <exception cref="ImageDecodingException">An image cannot be read; the message names it, and nothing is returned.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public IReadOnlyList<ClassPrediction>[] Classify(
        IEnumerable<string> paths, int top = 5, IProgress<EmbeddingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        RequireUsable(top);
        return Choose(Model.EmbedImages(paths, progress, cancellationToken), top);
    }

    /// <summary>Classifies images: files, encoded bytes, streams, pixels.</summary>
    /// <inheritdoc cref="Classify(IEnumerable{string}, int, IProgress{EmbeddingProgress}?, CancellationToken)" path="/remarks | /returns | /exception"/>
    /// <param name="images">The images, in any number.</param>
    /// <param name="top">How many classes to answer per image at most, at least 1.</param>
    /// <param name="progress">Told after each batch of embedded images.</param>
    /// <param name="cancellationToken">Ends the work between images.</param>
    public IReadOnlyList<ClassPrediction>[] Classify(
        IEnumerable<ImageSource> images, int top = 5, IProgress<EmbeddingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        RequireUsable(top);
        return Choose(Model.EmbedImages(images, progress, cancellationToken), top);
    }

    /// <summary>Classifies images by their embeddings.</summary>
    /// <param name="embeddings">The model's embeddings of them, of unit length.</param>
    /// <param name="top">How many classes to answer per image at most, at least 1.</param>
    /// <returns>Per image, in their order: the likeliest classes, best first; empty where none reaches the thresholds.</returns>
    /// <exception cref="ArgumentException">An embedding has another size, is not finite, or is not of unit length.</exception>
    public IReadOnlyList<ClassPrediction>[] ClassifyEmbeddings(IReadOnlyList<float[]> embeddings, int top = 5)
    {
        RequireUsable(top);
        RequireEmbeddings(embeddings);
        return Choose(embeddings, top);
    }

    /// <summary>Classifies a stream of images, of any length in bounded memory.</summary>
    /// <param name="images">The images; they are asked for a few batches ahead.</param>
    /// <param name="top">How many classes to answer per image at most, at least 1.</param>
    /// <param name="cancellationToken">Ends the work between images.</param>
    /// <returns>One result per image, in their order. An unreadable image has an <see cref="ImageClassification.Error"/> and ends nothing.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public IAsyncEnumerable<ImageClassification> ClassifyAsync(IEnumerable<ImageSource> images, int top = 5, CancellationToken cancellationToken = default)
    {
        RequireUsable(top);
        return ClassifyAsync(Model.EmbedImagesAsync(images, cancellationToken), top, cancellationToken);
    }

    /// <inheritdoc cref="ClassifyAsync(IEnumerable{ImageSource}, int, CancellationToken)"/>
    public IAsyncEnumerable<ImageClassification> ClassifyAsync(IAsyncEnumerable<ImageSource> images, int top = 5, CancellationToken cancellationToken = default)
    {
        RequireUsable(top);
        return ClassifyAsync(Model.EmbedImagesAsync(images, cancellationToken), top, cancellationToken);
    }

#pragma warning restore RS0026

    /// <summary>Cosine similarities of images with all classes.</summary>
    /// <param name="embeddings">The model's embeddings of the images, of unit length.</param>
    /// <returns>One row per image, with one number per class.</returns>
    /// <exception cref="ArgumentException">An embedding has another size, is not finite, or is not of unit length.</exception>
    public float[][] GetSimilarities(IReadOnlyList<float[]> embeddings)
    {
        RequireUsable(top: 1);
        RequireEmbeddings(embeddings);
        var rows = new List<float[]>(embeddings.Count);
        ForEachRow(embeddings, row => rows.Add(row.ToArray()));
        return [.. rows];
    }

    /// <summary>Releases the class rows; the model stays.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
            _classes.Dispose();
    }

    private IReadOnlyList<ClassPrediction>[] Choose(IReadOnlyList<float[]> embeddings, int top)
    {
        var rules = Rules;
        var answers = new List<IReadOnlyList<ClassPrediction>>(embeddings.Count);
        ForEachRow(embeddings, row => answers.Add(rules.Choose(row, top)));
        return [.. answers];
    }

    private void ForEachRow(IReadOnlyList<float[]> embeddings, Action<ReadOnlySpan<float>> visit)
    {
        foreach (var block in embeddings.Chunk(_classes.RowsPerProduct))
        {
            var similarities = _classes.Multiply(block);
            for (var i = 0; i < block.Length; i++)
                visit(similarities.AsSpan(i * ClassNames.Count, ClassNames.Count));
        }
    }

    // One product per image: an answer does not wait for the images that come after it, and does not depend on them.
    private async IAsyncEnumerable<ImageClassification> ClassifyAsync(
        IAsyncEnumerable<ImageEmbedding> embeddings, int top, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var rules = Rules;
        await foreach (var embedding in embeddings.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            RequireUsable(top);
            yield return embedding.Error is { } error
                ? new ImageClassification(embedding.Index, embedding.Name, error)
                : new ImageClassification(embedding.Index, embedding.Name, rules.Choose(_classes.Multiply(embedding.Vector), top));
        }
    }

    private void RequireUsable(int top)
    {
        ObjectDisposedException.ThrowIf(_isDisposed != 0, this);
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
    }

    private void RequireEmbeddings(IReadOnlyList<float[]> embeddings)
    {
        ArgumentNullException.ThrowIfNull(embeddings);
        for (var i = 0; i < embeddings.Count; i++)
            EmbeddingCheck.Require(embeddings[i], Bank.EmbeddingSize, $"embeddings[{i}]");
    }

    private static void RequireSameWeights(ClipModel clip, ClassBank bank)
    {
        if (ReferenceEquals(bank.Maker, clip))
            return;
        var (made, given) = (bank.GetWeightsHash(), clip.GetWeightsHash());
        if (made != given)
        {
            throw new ArgumentException(
                $"The class bank was made by the weights of '{bank.ModelName}' with SHA-256 {made}, but '{clip.Card.Name}' has {given}. "
                + "Embeddings of different weights cannot be compared: make the bank anew with this model.",
                nameof(bank));
        }
        if (bank.EmbeddingSize != clip.EmbeddingSize)
            throw new ArgumentException($"The class bank has rows of {bank.EmbeddingSize} numbers, but the model's embeddings have {clip.EmbeddingSize}.", nameof(bank));
    }
}
