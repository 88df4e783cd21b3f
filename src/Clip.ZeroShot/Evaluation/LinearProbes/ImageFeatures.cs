using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Clip.Preprocessing;
using Clip.Shared;

namespace Clip.ZeroShot.Evaluation;

/// <summary>Features of images as linear probes use them.</summary>
public static class ImageFeatures
{
    private const int ImagesPerPass = 64;

    /// <summary>Computes the image tower's output before the projection into the shared space, not scaled to unit length.</summary>
    /// <remarks>
    /// Source: Radford et al. 2021, Appendix A.3. Embeddings have fewer numbers and suit probes less. Passes wait their turn among the model's
    /// others, and the model's disposal waits for them.
    /// </remarks>
    /// <param name="clip">The model.</param>
    /// <param name="paths">Image files, in any number.</param>
    /// <param name="progress">Told after each pass of the network.</param>
    /// <param name="cancellationToken">Ends the work between images.</param>
    /// <returns>One row per image, in their order.</returns>
    /// <exception cref="ImageDecodingException">An image cannot be read; the message names it.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    public static float[][] Extract(
        ClipModel clip, IReadOnlyList<string> paths, IProgress<EmbeddingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(clip);
        ArgumentNullException.ThrowIfNull(paths);
        var rows = new List<float[]>(paths.Count);
        var watch = Stopwatch.StartNew();
        foreach (var chunk in paths.Chunk(ImagesPerPass))
        {
            rows.AddRange(Compute(clip, chunk, cancellationToken));
            progress?.Report(new EmbeddingProgress(rows.Count, paths.Count, rows.Count / watch.Elapsed.TotalSeconds));
        }
        return [.. rows];
    }

    private static IEnumerable<float[]> Compute(ClipModel clip, string[] paths, CancellationToken cancellationToken)
    {
        using var scope = NewDisposeScope();
        var (height, width) = clip.Preprocessor.Config.Resolution;
        var pixels = empty([paths.Length, 3, height, width], ScalarType.Float32, CPU);
        Decode(clip.Preprocessor, paths, pixels, cancellationToken);

        return clip.ComputeAsync(network => network.Image.GetFeatures(pixels)).GetAwaiter().GetResult();     // [N, F]
    }

    private static void Decode(ImagePreprocessor preprocessor, string[] paths, Tensor pixels, CancellationToken cancellationToken)
    {
        // Without a limit the pool would add threads without end while files are read.
        var options = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        try
        {
            Parallel.For(0, paths.Length, options, row =>
                preprocessor.Preprocess(paths[row], TensorRows.Get<float>(pixels, row), cancellationToken));
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }
}
