using System.Diagnostics;

namespace WebApi.Load;

/// <summary>Callers, each on a connection of its own.</summary>
internal static class Clients
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>Sends a body each at once.</summary>
    public static Func<CancellationToken, Task<Outcomes>> OnceAsync(Server server, int callers, Func<int, byte[]> body) => async _ =>
    {
        var outcomes = new Outcomes();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(async i =>
        {
            using var client = Create(server);
            await PostAsync(client, body(i), outcomes);
        }));
        return outcomes;
    };

    /// <summary>Sends one body after another, until canceled; whoever is told to come again does so at the time that it is told.</summary>
    public static Func<CancellationToken, Task<Outcomes>> LoopAsync(Server server, int callers, byte[] body) => async end =>
    {
        var outcomes = new Outcomes();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(async _ =>
        {
            using var client = Create(server);
            while (!end.IsCancellationRequested)
            {
                if (await PostAsync(client, body, outcomes) is { } pause)
                    await Task.WhenAny(Task.Delay(pause, CancellationToken.None), Task.Delay(Timeout.Infinite, end));
            }
        }));
        return outcomes;
    };

    /// <summary>Runs callers for a while.</summary>
    public static async Task<Outcomes> ForAsync(TimeSpan time, Func<CancellationToken, Task<Outcomes>> callers)
    {
        using var end = new CancellationTokenSource(time);
        return await callers(end.Token);
    }

    /// <summary>Runs callers to their end, and others as long.</summary>
    public static async Task<(Outcomes Attack, Outcomes Others)> BesideAsync(
        Func<CancellationToken, Task<Outcomes>> attack, Func<CancellationToken, Task<Outcomes>> others)
    {
        using var end = new CancellationTokenSource();
        var beside = Task.Run(() => others(end.Token));
        var outcomes = await attack(CancellationToken.None);
        await end.CancelAsync();
        return (outcomes, await beside);
    }

    private static HttpClient Create(Server server) =>
        new(new SocketsHttpHandler { MaxConnectionsPerServer = 1 }) { BaseAddress = server.Address, Timeout = s_patience };

    private static async Task<TimeSpan?> PostAsync(HttpClient client, byte[] body, Outcomes outcomes)
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            using var response = await client.PostAsync("/classify", new ByteArrayContent(body));
            outcomes.Add((int)response.StatusCode, Stopwatch.GetElapsedTime(start));
            return response.Headers.RetryAfter?.Delta;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            outcomes.Add(0, Stopwatch.GetElapsedTime(start));
            return TimeSpan.FromSeconds(1);
        }
    }
}
