using Clip.Preprocessing;

namespace Clip.Embedding;

/// <summary>Images of one pass of the network, decoded into the memory the network reads.</summary>
internal sealed class ImageBatch : IDisposable
{
    private readonly IReadOnlyList<ImageSource> _sources;
    private readonly PixelBuffer _buffer;
    private readonly ImageDecodingException?[] _errors;
    private readonly Resolution[] _sizes;

    private ImageBatch(IReadOnlyList<ImageSource> sources, PixelBuffer buffer)
    {
        _sources = sources;
        _buffer = buffer;
        _errors = new ImageDecodingException?[sources.Count];
        _sizes = new Resolution[sources.Count];
    }

    /// <summary>Number of images.</summary>
    public int Count => _sources.Count;

    /// <summary>Why an image could not be read; null when it was.</summary>
    public ImageDecodingException? Error(int row) => _errors[row];

    /// <summary>The name of an image.</summary>
    public string Name(int row) => _sources[row].Name;

    /// <summary>The images' sizes; the default where an image could not be read.</summary>
    public IReadOnlyList<Resolution> Sizes => _sizes;

    /// <summary>
    /// Brings the normalized pixels [N, 3, H, W], or rows [N, L] that begin with them where images take sizes of their own, to the network's
    /// device; zeros where an image could not be read.
    /// </summary>
    public Tensor Send() => _buffer.Send();

    /// <summary>Decodes images on several threads.</summary>
    public static ImageBatch Decode(IReadOnlyList<ImageSource> sources, PixelMemory memory, int threads, CancellationToken cancellationToken)
    {
        var batch = new ImageBatch(sources, memory.Rent(sources.Count));
        try
        {
            if (sources.Count == 1 || threads == 1)
            {
                for (var row = 0; row < sources.Count; row++)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    batch.Decode(row, cancellationToken);
                }
            }
            else
            {
                var options = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken };
                Parallel.For(0, sources.Count, options, row => batch.Decode(row, cancellationToken));
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

    /// <summary>Gives the memory of the pixels back.</summary>
    public void Dispose() => _buffer.Dispose();

    // Whatever a source throws is its own failure, so that the other images are not lost by it; its time-out, too, comes as a cancellation.
    private void Decode(int row, CancellationToken cancellationToken)
    {
        try
        {
            _sizes[row] = _buffer.Write(row, _sources[row], cancellationToken);
        }
        catch (ImageDecodingException e)
        {
            _errors[row] = e;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            _errors[row] = new ImageDecodingException(Name(row), e.Message.TrimEnd('.'), e);
        }
    }
}
