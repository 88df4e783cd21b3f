using System.Runtime.InteropServices;
using Clip.Preprocessing;

namespace Clip.Embedding;

/// <summary>Pictures of one pass of the network, decoded into the memory the network reads.</summary>
internal sealed class ImageBatch : IDisposable
{
    private readonly IReadOnlyList<ImageSource> _sources;
    private readonly ImageDecodingException?[] _errors;

    private ImageBatch(IReadOnlyList<ImageSource> sources, Tensor pixels)
    {
        _sources = sources;
        _errors = new ImageDecodingException?[sources.Count];
        Pixels = pixels;
    }

    /// <summary>Normalized pixels [N, 3, H, W], float32 on the CPU; zeros where a picture could not be read.</summary>
    public Tensor Pixels { get; }

    /// <summary>Number of pictures.</summary>
    public int Count => _sources.Count;

    /// <summary>Why a picture could not be read; null when it was.</summary>
    public ImageDecodingException? Error(int row) => _errors[row];

    /// <summary>The name of a picture.</summary>
    public string Name(int row) => _sources[row].Name;

    /// <summary>Decodes pictures on several threads.</summary>
    public static ImageBatch Decode(IReadOnlyList<ImageSource> sources, ImagePreprocessor preprocessor, int threads, CancellationToken cancellationToken)
    {
        var (height, width) = preprocessor.Config.Resolution;
        var batch = new ImageBatch(sources, empty([sources.Count, 3, height, width], ScalarType.Float32, CPU).DetachFromDisposeScope());
        try
        {
            if (sources.Count == 1 || threads == 1)
            {
                for (var row = 0; row < sources.Count; row++)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    batch.Decode(row, preprocessor);
                }
            }
            else
            {
                var options = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken };
                Parallel.For(0, sources.Count, options, row => batch.Decode(row, preprocessor));
            }
            return batch;
        }
        catch (AggregateException e) when (e.InnerExceptions.Count > 0)
        {
            batch.Dispose();
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
            throw;
        }
        catch
        {
            batch.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Pixels.Dispose();

    private void Decode(int row, ImagePreprocessor preprocessor)
    {
        var pixels = MemoryMarshal.Cast<byte, float>(Pixels.bytes).Slice(row * preprocessor.Length, preprocessor.Length);
        try
        {
            _sources[row].Preprocess(preprocessor, pixels);
        }
        catch (ImageDecodingException e)
        {
            pixels.Clear();
            _errors[row] = e;
        }
    }
}
