namespace Clip.DependencyInjection;

/// <summary>Where models come from.</summary>
internal interface IModelLoader
{
    /// <summary>Loads a model, downloading what is missing.</summary>
    Task<ClipModel> LoadAsync(string source, ClipModelOptions options, IProgress<LoadProgress> progress, CancellationToken cancellationToken);

    /// <summary>Loads a model from this machine; downloads nothing.</summary>
    ClipModel LoadLocal(string source, ClipModelOptions options);
}
