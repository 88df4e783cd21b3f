using Clip.Preprocessing;

namespace Clip.ZeroShot;

/// <summary>Tells which of some classes an image shows, for code that wants to be tested without a model.</summary>
/// <remarks><see cref="ZeroShotClassifier"/> is the classifier with a model; who makes an implementation disposes it.</remarks>
public interface IZeroShotClassifier
{
    /// <summary>The names by class index.</summary>
    IReadOnlyList<string> ClassNames { get; }

#pragma warning disable RS0026 // The overloads differ in what an image is, which is never left out.

    /// <summary>Classifies one image.</summary>
    /// <param name="image">A file, encoded bytes, a stream or pixels.</param>
    /// <param name="top">How many classes to answer at most, at least 1.</param>
    /// <returns>The likeliest classes, best first, ties by index; empty where none is likely enough.</returns>
    /// <exception cref="ImageDecodingException">The image cannot be read.</exception>
    IReadOnlyList<ClassPrediction> Classify(ImageSource image, int top = 5);

    /// <summary>Classifies image files.</summary>
    /// <param name="paths">The files, in any number.</param>
    /// <param name="top">How many classes to answer per image at most, at least 1.</param>
    /// <param name="progress">Told after each batch of embedded images.</param>
    /// <param name="cancellationToken">Ends the work between images.</param>
    /// <returns>Per image, in their order: the likeliest classes, best first; empty where none is likely enough.</returns>
    /// <exception cref="ImageDecodingException">An image cannot be read; the message names it, and nothing is returned.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    IReadOnlyList<ClassPrediction>[] Classify(
        IEnumerable<string> paths, int top = 5, IProgress<EmbeddingProgress>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>Classifies images: files, encoded bytes, streams, pixels.</summary>
    /// <inheritdoc cref="Classify(IEnumerable{string}, int, IProgress{EmbeddingProgress}?, CancellationToken)" path="/returns | /exception"/>
    /// <param name="images">The images, in any number.</param>
    /// <param name="top">How many classes to answer per image at most, at least 1.</param>
    /// <param name="progress">Told after each batch of embedded images.</param>
    /// <param name="cancellationToken">Ends the work between images.</param>
    IReadOnlyList<ClassPrediction>[] Classify(
        IEnumerable<ImageSource> images, int top = 5, IProgress<EmbeddingProgress>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>Classifies a stream of images, of any length in bounded memory.</summary>
    /// <param name="images">The images; they are asked for a few batches ahead.</param>
    /// <param name="top">How many classes to answer per image at most, at least 1.</param>
    /// <param name="cancellationToken">Ends the work between images.</param>
    /// <returns>One result per image, in their order. An unreadable image has an <see cref="ImageClassification.Error"/> and ends nothing.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    IAsyncEnumerable<ImageClassification> ClassifyAsync(IEnumerable<ImageSource> images, int top = 5, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="ClassifyAsync(IEnumerable{ImageSource}, int, CancellationToken)"/>
    IAsyncEnumerable<ImageClassification> ClassifyAsync(IAsyncEnumerable<ImageSource> images, int top = 5, CancellationToken cancellationToken = default);

#pragma warning restore RS0026
}
