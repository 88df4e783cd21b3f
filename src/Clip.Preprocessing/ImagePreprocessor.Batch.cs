using System.Collections.Concurrent;

namespace Clip.Preprocessing;

public sealed partial class ImagePreprocessor
{
    /// <summary>Reads image files in parallel.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="pixels">Space for <see cref="Length"/> elements per file, [N, 3, height, width].</param>
    /// <param name="maxDegreeOfParallelism">The most files at once; -1 for as many as there are processors.</param>
    /// <param name="cancellationToken">Checked between files, and while one waits for memory.</param>
    /// <returns>The files that cannot be read, by index; their pixels are zeros. Empty when all is well.</returns>
    /// <exception cref="ArgumentException">The room is not of that length.</exception>
    /// <exception cref="InvalidOperationException">Images take sizes of their own (<see cref="PreprocessingConfig.Patches"/>).</exception>
    /// <exception cref="OperationCanceledException">Cancellation was asked for; some pixels may be written.</exception>
    public IReadOnlyList<ImageFailure> PreprocessBatch(
        IReadOnlyList<string> paths, Memory<float> pixels, int maxDegreeOfParallelism = -1, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return ForEach(paths.Count, pixels, (index, image) => Preprocess(paths[index], image.Span, cancellationToken), maxDegreeOfParallelism, cancellationToken);
    }

    /// <inheritdoc cref="PreprocessBatch(IReadOnlyList{string}, Memory{float}, int, CancellationToken)"/>
    public IReadOnlyList<ImageFailure> PreprocessBatch(
        IReadOnlyList<string> paths, Memory<Half> pixels, int maxDegreeOfParallelism = -1, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return ForEach(paths.Count, pixels, (index, image) => Preprocess(paths[index], image.Span, cancellationToken), maxDegreeOfParallelism, cancellationToken);
    }

    /// <summary>Reads images from memory in parallel.</summary>
    /// <param name="images">The bytes of image files; errors call them by their index.</param>
    /// <param name="pixels">Space for <see cref="Length"/> elements per image, [N, 3, height, width].</param>
    /// <param name="maxDegreeOfParallelism">The most images at once; -1 for as many as there are processors.</param>
    /// <param name="cancellationToken">Checked between images, and while one waits for memory.</param>
    /// <returns>The images that cannot be read, by index; their pixels are zeros. Empty when all is well.</returns>
    /// <exception cref="ArgumentException">The room is not of that length.</exception>
    /// <exception cref="InvalidOperationException">Images take sizes of their own (<see cref="PreprocessingConfig.Patches"/>).</exception>
    /// <exception cref="OperationCanceledException">Cancellation was asked for; some pixels may be written.</exception>
    public IReadOnlyList<ImageFailure> PreprocessBatch(
        IReadOnlyList<ReadOnlyMemory<byte>> images, Memory<float> pixels, int maxDegreeOfParallelism = -1, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        return ForEach(
            images.Count, pixels, (index, image) => PreprocessBytes(images[index].Span, image.Span, NameOf(index), cancellationToken),
            maxDegreeOfParallelism, cancellationToken);
    }

    /// <inheritdoc cref="PreprocessBatch(IReadOnlyList{ReadOnlyMemory{byte}}, Memory{float}, int, CancellationToken)"/>
    public IReadOnlyList<ImageFailure> PreprocessBatch(
        IReadOnlyList<ReadOnlyMemory<byte>> images, Memory<Half> pixels, int maxDegreeOfParallelism = -1, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        return ForEach(
            images.Count, pixels, (index, image) => PreprocessBytes(images[index].Span, image.Span, NameOf(index), cancellationToken),
            maxDegreeOfParallelism, cancellationToken);
    }

    private static string NameOf(int index) => $"(image {index})";

    private IReadOnlyList<ImageFailure> ForEach<T>(
        int count, Memory<T> pixels, Action<int, Memory<T>> preprocess, int maxDegreeOfParallelism, CancellationToken cancellationToken)
    {
        if (Config.Patches is { } patches)
            throw new InvalidOperationException($"Images take sizes of their own here, {patches}; prepare them one by one, by the Preprocess that says which.");
        if (pixels.Length != (long)count * Length)
            throw new ArgumentException($"{count} images make {(long)count * Length} numbers, not {pixels.Length}.", nameof(pixels));

        var failures = new ConcurrentBag<ImageFailure>();
        var options = new ParallelOptions
        {
            // -1 would let the pool add threads without end while files are read.
            MaxDegreeOfParallelism = maxDegreeOfParallelism == -1 ? Environment.ProcessorCount : maxDegreeOfParallelism,
            CancellationToken = cancellationToken,
        };
        Parallel.For(0, count, options, index =>
        {
            var image = pixels.Slice(index * Length, Length);
            try
            {
                preprocess(index, image);
            }
            catch (ImageDecodingException e)
            {
                image.Span.Clear();
                failures.Add(new ImageFailure(index, e));
            }
        });
        return [.. failures.OrderBy(failure => failure.Index)];
    }
}
