namespace Clip;

/// <summary>What a load is doing.</summary>
public enum LoadStage
{
    /// <summary>Asking which files there are.</summary>
    Resolving,

    /// <summary>Receiving a file.</summary>
    Downloading,

    /// <summary>Reading weights and building the network.</summary>
    Reading,

    /// <summary>The model can be used.</summary>
    Done,
}
