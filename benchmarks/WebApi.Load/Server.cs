using System.Diagnostics;

namespace WebApi.Load;

/// <summary>The sample with its own settings, in a process of its own, on a free port of the loopback interface.</summary>
internal sealed class Server : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private Server(Process process)
    {
        _process = process;
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Its resident memory now, in bytes.</summary>
    public long Resident => Refreshed().WorkingSet64;

    /// <summary>The most resident memory it had, in bytes.</summary>
    public long PeakResident => Refreshed().PeakWorkingSet64;

    /// <summary>Starts it, and waits until its model is loaded.</summary>
    public static async Task<Server> StartAsync()
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(Application).Assembly.Location, "--urls", "http://127.0.0.1:0"])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        var server = new Server(Process.Start(start)!);
        try
        {
            using var patience = new CancellationTokenSource(s_patience);
            server.Address = await server.FindAddressAsync(patience.Token);
            using var client = new HttpClient();
            while ((await client.GetAsync(new Uri(server.Address, "/health/ready"), patience.Token)).IsSuccessStatusCode is false)
                await Task.Delay(50, patience.Token);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<Uri> FindAddressAsync(CancellationToken cancellationToken)
    {
        while (await _process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var at)
            {
                _ = DrainAsync();
                return new Uri(line[(at + Listening.Length)..].Trim());
            }
        }
        throw new InvalidOperationException("The server ended before it listened.");
    }

    // What it logs under load is shown: nothing is expected.
    private async Task DrainAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("fail:", StringComparison.Ordinal) || line.StartsWith("crit:", StringComparison.Ordinal))
                Console.WriteLine("  log: " + line);
        }
    }

    private Process Refreshed()
    {
        _process.Refresh();
        return _process;
    }
}
