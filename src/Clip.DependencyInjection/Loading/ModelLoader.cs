namespace Clip.DependencyInjection;

/// <summary>Loads models as <see cref="ClipModel"/> does.</summary>
internal sealed class ModelLoader : IModelLoader
{
    public Task<ClipModel> LoadAsync(string source, ClipModelOptions options, IProgress<LoadProgress> progress, CancellationToken cancellationToken) =>
        ClipModel.LoadAsync(source, options, progress, cancellationToken);

    public ClipModel LoadLocal(string source, ClipModelOptions options) =>
        ClipModel.Load(source, options with { Hub = options.Hub with { Offline = true } });
}
