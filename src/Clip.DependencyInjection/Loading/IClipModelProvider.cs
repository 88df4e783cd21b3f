using System.Diagnostics.CodeAnalysis;

namespace Clip.DependencyInjection;

/// <summary>Gives the model of a container, which is loaded once, by whoever needs it first.</summary>
/// <remarks>Thread-safe. The model belongs to the container: do not dispose it.</remarks>
public interface IClipModelProvider
{
    /// <summary>Where the loading stands, for readiness checks.</summary>
    LoadState State { get; }

    /// <summary>Why the last attempt to load failed; null unless <see cref="State"/> is <see cref="LoadState.Failed"/>.</summary>
    Exception? Failure => null;

    /// <summary>When the last call of the container's generators and classifiers ended that embedded something with this model; null before that.</summary>
    DateTimeOffset? LastEmbedding => null;

    /// <summary>The model if it is loaded; loads nothing.</summary>
    /// <param name="model">The model, or null.</param>
    bool TryGet([NotNullWhen(true)] out ClipModel? model);

    /// <summary>The model, after loading it if need be: downloading, reading its weights, moving them to the device.</summary>
    /// <remarks>
    /// All callers wait for the same load. It runs on other threads and goes on when one of them, or all, stop waiting. A failure
    /// reaches those who waited for it; the next caller begins anew.
    /// </remarks>
    /// <param name="cancellationToken">Ends the waiting of this caller.</param>
    /// <exception cref="ModelSourceException">The options name no model, or one that does not say enough.</exception>
    /// <exception cref="Hub.HubException">The Hub cannot be reached, refuses, or sends wrong bytes.</exception>
    /// <exception cref="OperationCanceledException">This caller stopped waiting.</exception>
    /// <exception cref="ObjectDisposedException">The container is disposed.</exception>
    Task<ClipModel> GetAsync(CancellationToken cancellationToken = default);
}
