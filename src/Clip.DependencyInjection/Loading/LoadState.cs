namespace Clip.DependencyInjection;

/// <summary>Where the loading of a model stands.</summary>
public enum LoadState
{
    /// <summary>Nobody has asked for the model.</summary>
    NotLoaded,

    /// <summary>It is being loaded.</summary>
    Loading,

    /// <summary>It can be used.</summary>
    Loaded,

    /// <summary>The last attempt failed; whoever asks next begins another.</summary>
    Failed,
}
