using System.Diagnostics;
using Clip.Embedding;
using Clip.Models;
using Clip.Preprocessing;

namespace Clip;

public sealed partial class ClipModel
{
#pragma warning disable RS0026 // The overloads differ in what an image is, which is never left out.

    /// <summary>Embeds image files.</summary>
    /// <param name="paths">The files, in any number.</param>
    /// <param name="progress">Told after each batch.</param>
    /// <param name="cancellationToken">Ends the work between images.</param>
    /// <returns>One row of <see cref="EmbeddingSize"/> elements and of unit length per image, in their order.</returns>
    /// <exception cref="ImageDecodingException">An image cannot be read; the message names it.</exception>
    /// <exception cref="InvalidOperationException">The model was loaded without its image tower.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    /// <remarks>
    /// Decodes ahead of the network in bounded memory. <see cref="EmbedImagesAsync(IEnumerable{ImageSource}, CancellationToken)"/>
    /// goes on after an unreadable image.
    /// </remarks>
    public float[][] EmbedImages(IEnumerable<string> paths, IProgress<EmbeddingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        int? total = paths.TryGetNonEnumeratedCount(out var count) ? count : null;
        return Encode(_imageEmbedder, paths.Select(ImageSource.FromFile), total, progress, cancellationToken);
    }

    /// <summary>Embeds images: files, encoded bytes, streams, pixels.</summary>
    /// <inheritdoc cref="EmbedImages(IEnumerable{string}, IProgress{EmbeddingProgress}?, CancellationToken)" path="/remarks | /returns | /exception"/>
    /// <param name="images">The images, in any number.</param>
    /// <param name="progress">Told after each batch.</param>
    /// <param name="cancellationToken">Ends the work between images.</param>
    public float[][] EmbedImages(IEnumerable<ImageSource> images, IProgress<EmbeddingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        int? total = images.TryGetNonEnumeratedCount(out var count) ? count : null;
        return Encode(_imageEmbedder, images, total, progress, cancellationToken);
    }

    /// <summary>Computes the image tower's output before the projection into the shared space, as linear probes use it.</summary>
    /// <remarks>
    /// Source: Radford et al. 2021, Appendix A.3. Features are not scaled to unit length; embeddings have fewer channels and suit probes less.
    /// </remarks>
    /// <param name="images">The images, in any number.</param>
    /// <param name="progress">Told after each batch.</param>
    /// <param name="cancellationToken">Ends the work between images.</param>
    /// <returns>One row per image, in their order, with the channels of <see cref="Models.ImageTowerConfig.FeatureSize"/>.</returns>
    /// <exception cref="ImageDecodingException">An image cannot be read; the message names it.</exception>
    /// <exception cref="InvalidOperationException">The model was loaded without its image tower.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public float[][] GetImageFeatures(IEnumerable<ImageSource> images, IProgress<EmbeddingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        int? total = images.TryGetNonEnumeratedCount(out var count) ? count : null;
        return Encode(_imageFeatures, images, total, progress, cancellationToken);
    }

    /// <summary>Embeds a stream of images, of any length in bounded memory.</summary>
    /// <param name="images">The images; they are asked for a few batches ahead.</param>
    /// <param name="cancellationToken">Ends the work between images.</param>
    /// <returns>One result per image, in their order. An unreadable image has an <see cref="ImageEmbedding.Error"/> and ends nothing.</returns>
    /// <exception cref="InvalidOperationException">The model was loaded without its image tower.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public IAsyncEnumerable<ImageEmbedding> EmbedImagesAsync(IEnumerable<ImageSource> images, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        return EmbedImagesAsync(images.ToAsyncEnumerable(), cancellationToken);
    }

    /// <inheritdoc cref="EmbedImagesAsync(IEnumerable{ImageSource}, CancellationToken)"/>
    public IAsyncEnumerable<ImageEmbedding> EmbedImagesAsync(IAsyncEnumerable<ImageSource> images, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        RequireImages();
        return _imageEmbedder.EmbedAsync(images, cancellationToken);
    }

#pragma warning restore RS0026

    /// <summary>Embeds one image.</summary>
    /// <param name="image">A file, encoded bytes, a stream or pixels.</param>
    /// <returns><see cref="EmbeddingSize"/> elements, of unit length.</returns>
    /// <exception cref="ImageDecodingException">The image cannot be read.</exception>
    /// <exception cref="InvalidOperationException">The model was loaded without its image tower.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public float[] EmbedImage(ImageSource image)
    {
        ArgumentNullException.ThrowIfNull(image);
        RequireImages();
        return _imageEmbedder.Embed(image);
    }

    private float[][] Encode(
        ImageEmbedder embedder, IEnumerable<ImageSource> images, int? total, IProgress<EmbeddingProgress>? progress, CancellationToken cancellationToken)
    {
        RequireImages();
        var rows = new List<float[]>(total ?? 0);
        var watch = Stopwatch.StartNew();
        embedder.Embed(
            images,
            (batch, encoded) =>
            {
                for (var i = 0; i < batch.Count; i++)
                    rows.Add(batch.Error(i) is { } error ? throw error : encoded[i]);
                progress?.Report(new EmbeddingProgress(rows.Count, total, rows.Count / watch.Elapsed.TotalSeconds));
            },
            cancellationToken);
        return [.. rows];
    }

    private void RequireImages()
    {
        RequireAlive();
        if (!Towers.HasFlag(Towers.Image))
        {
            throw new InvalidOperationException(
                $"'{Card.Source}' cannot embed images. It was loaded without its image tower; {nameof(ClipModelOptions)}.{nameof(ClipModelOptions.Towers)} says which are loaded.");
        }
    }

    private void RequireAlive() => ObjectDisposedException.ThrowIf(_isDisposed != 0, this);
}
