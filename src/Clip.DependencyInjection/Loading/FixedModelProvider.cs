using System.Diagnostics.CodeAnalysis;

namespace Clip.DependencyInjection;

/// <summary>Gives a model that its caller loaded and will dispose.</summary>
internal sealed class FixedModelProvider(ClipModel model) : IClipModelProvider
{
    public LoadState State => LoadState.Loaded;

    public bool TryGet([NotNullWhen(true)] out ClipModel? loaded)
    {
        loaded = model;
        return true;
    }

    public Task<ClipModel> GetAsync(CancellationToken cancellationToken = default) =>
        cancellationToken.IsCancellationRequested ? Task.FromCanceled<ClipModel>(cancellationToken) : Task.FromResult(model);
}
