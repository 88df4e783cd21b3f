namespace WebApi.Load;

/// <summary>What has to hold.</summary>
/// <param name="server">The server.</param>
internal sealed class Bars(Server server)
{
    private const long MaxResident = 1_000_000_000;

    /// <summary>Whether everything held.</summary>
    public bool AreMet { get; private set; } = true;

    /// <summary>Says whether something holds.</summary>
    public void Require(string what, bool holds)
    {
        AreMet &= holds;
        Console.WriteLine($"  {(holds ? "yes" : "NO"),-4}{what}");
    }

    /// <summary>Says what was resident at most so far, and whether that is under 1 GB.</summary>
    public void RequireMemory() => Require($"peak resident memory under 1 GB: {server.PeakResident / 1e6:N0} MB", server.PeakResident < MaxResident);
}
