namespace Clip.Cli.Tests.Support;

/// <summary>What a process that is started inherits for SIGINT.</summary>
internal enum InterruptDisposition
{
    /// <summary>The signal ends the process, or whatever the process decides: as from a terminal.</summary>
    Default,

    /// <summary>The signal is ignored: as in the background of a script.</summary>
    Ignored,
}
