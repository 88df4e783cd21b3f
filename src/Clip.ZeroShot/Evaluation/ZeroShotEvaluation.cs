using System.Diagnostics;
using Clip.Preprocessing;

namespace Clip.ZeroShot.Evaluation;

/// <summary>Measures a classifier on images of known classes.</summary>
/// <remarks>Source: Radford et al. 2021, section 3.1; top-1 over ImageNet's validation set is the figure that papers give.</remarks>
public static class ZeroShotEvaluation
{
    private const int MostErrorsKept = 100;

    /// <summary>Classifies every image and counts the right answers; thresholds play no part.</summary>
    /// <param name="classifier">The classifier, with the same classes in the same order as the labels.</param>
    /// <param name="images">The images, see <see cref="LabelledImages"/>; any number in bounded memory.</param>
    /// <param name="recordConfusion">Whether to count which class is taken for which, in a matrix of C².</param>
    /// <param name="progress">Told after every block of some hundred images.</param>
    /// <param name="cancellationToken">Ends the work between images.</param>
    /// <exception cref="ArgumentException">A label is none of the classifier's classes.</exception>
    /// <exception cref="InvalidOperationException">No image could be read.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<ZeroShotReport> EvaluateAsync(
        this ZeroShotClassifier classifier,
        IReadOnlyList<LabelledImage> images,
        bool recordConfusion = false,
        IProgress<EvaluationProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        ArgumentNullException.ThrowIfNull(images);
        RequireLabels(images, classifier.ClassNames.Count);

        var tally = new ClassificationTally(classifier.ClassNames.Count, recordConfusion);
        var errors = new List<ImageDecodingException>();
        var (completed, unreadable) = (0L, 0L);
        var watch = Stopwatch.StartNew();
        var sources = images.Select(image => ImageSource.FromFile(image.Path));
        await foreach (var block in classifier.Model.EmbedImagesAsync(sources, cancellationToken).Chunk(256).WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            var readable = Array.FindAll(block, embedding => embedding.Error is null);
            var similarities = classifier.GetSimilarities(Array.ConvertAll(readable, embedding => embedding.Vector));
            for (var i = 0; i < readable.Length; i++)
                tally.Add(similarities[i], images[(int)readable[i].Index].Label);

            unreadable += block.Length - readable.Length;
            errors.AddRange(block.Select(embedding => embedding.Error).OfType<ImageDecodingException>().Take(MostErrorsKept - errors.Count));
            completed += block.Length;
            progress?.Report(new EvaluationProgress(completed, images.Count, completed / watch.Elapsed.TotalSeconds));
        }

        if (completed == unreadable)
            throw new InvalidOperationException($"None of the {completed} images could be read.", errors.FirstOrDefault());
        return new ZeroShotReport { Metrics = tally.ToMetrics(), UnreadableCount = unreadable, Unreadable = [.. errors] };
    }

    private static void RequireLabels(IReadOnlyList<LabelledImage> images, int classCount)
    {
        for (var i = 0; i < images.Count; i++)
        {
            if (images[i].Label < 0 || images[i].Label >= classCount)
                throw new ArgumentException($"Image {i}, '{images[i].Path}', has label {images[i].Label}, but the classifier has {classCount} classes.", nameof(images));
        }
    }
}
