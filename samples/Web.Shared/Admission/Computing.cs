using Microsoft.Extensions.Options;

namespace Web.Shared;

/// <summary>Lets so many requests compute at a time, and so few of them on large images that the others always find a place.</summary>
/// <param name="limits">The limits.</param>
public sealed class Computing(IOptions<WebLimits> limits) : IDisposable
{
    private readonly WebLimits _limits = limits.Value;

    /// <summary>Places for all work.</summary>
    internal Places All { get; } = new(limits.Value.ComputingPlaces, limits.Value.MaxQueued);

    /// <summary>Places for large images, each of which takes one of all as well.</summary>
    internal Places Large { get; } = new(limits.Value.MaxLargeImages, limits.Value.MaxQueuedLargeImages);

    /// <summary>Runs work when its turn comes.</summary>
    /// <param name="work">The work; its place is free when it has ended.</param>
    /// <param name="waiting">The time that the request may wait.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="OverloadedException">There is no place.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled before the work began.</exception>
    public async Task<T> RunAsync<T>(Func<Task<T>> work, Waiting waiting, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(work);
        using var place = await All.EnterAsync(waiting, cancellationToken);
        return await work();
    }

    /// <summary>Runs work on an image when its turn comes.</summary>
    /// <param name="upload">The image.</param>
    /// <inheritdoc cref="RunAsync{T}(Func{Task{T}}, Waiting, CancellationToken)"/>
    public Task<T> RunAsync<T>(ImageUpload upload, Func<Task<T>> work, Waiting waiting, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(upload);
        return RunAsync(upload.Pixels, work, waiting, cancellationToken);
    }

    /// <summary>Runs work on an image when its turn comes.</summary>
    /// <param name="pixels">The image's pixels.</param>
    /// <inheritdoc cref="RunAsync{T}(Func{Task{T}}, Waiting, CancellationToken)"/>
    public async Task<T> RunAsync<T>(long pixels, Func<Task<T>> work, Waiting waiting, CancellationToken cancellationToken)
    {
        using var turn = pixels >= _limits.LargeImagePixels ? await Large.EnterAsync(waiting, cancellationToken) : null;
        return await RunAsync(work, waiting, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Large.Dispose();
        All.Dispose();
    }
}
