namespace Clip.Cli;

/// <summary>What the tool returns to the shell.</summary>
internal static class ExitCodes
{
    /// <summary>All was done.</summary>
    public const int Ok = 0;

    /// <summary>The work failed; standard error says why.</summary>
    public const int Failure = 1;

    /// <summary>The command line is wrong; nothing was done.</summary>
    public const int Usage = 2;

    /// <summary>The work was done, but some inputs could not be used and were left out; standard error lists them.</summary>
    public const int SomeLeftOut = 3;

    /// <summary>Cancelled with Ctrl-C or SIGTERM: 128 and the number of SIGINT, as shells say it.</summary>
    public const int Cancelled = 130;

    /// <summary>Nobody reads the output any more: 128 and the number of SIGPIPE, as shells say it of programs that this signal ends.</summary>
    public const int OutputClosed = 141;
}
