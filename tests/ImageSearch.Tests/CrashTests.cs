using System.Diagnostics;
using System.Reflection;
using System.Text.Json.Nodes;
using Clip.DependencyInjection.Tests.Support;
using ImageSearch.Tests.Support;
using static WebApi.Tests.Support.Answers;

namespace ImageSearch.Tests;

/// <summary>A process that is killed while images are being added loses none that it has confirmed.</summary>
public sealed class CrashTests(TinyModel tiny) : IDisposable
{
    private const int Callers = 4;
    private const int Confirmed = 40;

    private static readonly string s_sample = Path.Combine(
        typeof(CrashTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "SampleFolder").Value!, "ImageSearch.dll");

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Add_KilledMeanwhile_KeepsWhatWasConfirmed()
    {
        var confirmed = new Dictionary<Guid, int>();
        using (var process = Start(out var address))
        {
            using var client = new HttpClient { BaseAddress = address, Timeout = Patience.Limit };
            var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var callers = Enumerable.Range(0, Callers).Select(caller => AddUntilTheEndAsync(client, caller, confirmed, enough)).ToArray();
            await Task.WhenAny(enough.Task, Task.WhenAll(callers)).WithinLimit();
            process.Kill();
            await process.WaitForEndAsync();
            await Task.WhenAll(callers).WithinLimit();
        }
        Assert.True(confirmed.Count >= Confirmed, $"Only {confirmed.Count} images were added.");

        await using var host = await ImageSearchHost.StartAsync(tiny, _folder);

        // What was on its way when the process ended may be there or not.
        Assert.InRange(await host.CountAsync(), confirmed.Count, confirmed.Count + Callers);
        foreach (var (id, seed) in confirmed)
            Assert.Equal(Image.Striped(seed), await host.Client.GetByteArrayAsync($"/api/images/{id}/original"));
        Assert.Superset(confirmed.Keys.ToHashSet(), (await host.SearchAsync("text=a&top=200")).ToHashSet());
        await host.AddAsync(Image.Striped(-1), "one more");
        host.RequireCleanLog();
    }

    public void Dispose() => _folder.Dispose();

    private static async Task AddUntilTheEndAsync(HttpClient client, int caller, Dictionary<Guid, int> confirmed, TaskCompletionSource enough)
    {
        try
        {
            for (var seed = caller; ; seed += Callers)
            {
                using var response = await client.PostAsync("/api/images", Body(Image.Striped(seed)));
                if (!response.IsSuccessStatusCode)
                    continue;
                var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
                lock (confirmed)
                {
                    confirmed[(Guid)answer["image"]!["id"]!] = seed;
                    if (confirmed.Count >= Confirmed)
                        enough.TrySetResult();
                }
            }
        }
        catch (HttpRequestException)
        {
            // The end.
        }
    }

    private Process Start(out Uri address)
    {
        var process = Process.Start(DotnetProcess.Describe(
            s_sample, "--urls", "http://127.0.0.1:0", "--Clip:Model", tiny.Folder, "--Clip:Device", "cpu", "--Collection:Folder", _folder.Path, "--Collection:Seed", "",
            "--Limits:MaxWait", "00:01:00", "--Logging:LogLevel:Microsoft.Hosting", "Information"))!;
        const string listening = "Now listening on: ";
        while (process.StandardOutput.ReadLineAsync(Patience.Token).AsTask().GetAwaiter().GetResult() is { } line)
        {
            if (line.IndexOf(listening, StringComparison.Ordinal) is >= 0 and var at)
            {
                address = new Uri(line[(at + listening.Length)..]);
                _ = process.StandardOutput.ReadToEndAsync();
                return process;
            }
        }
        throw new InvalidOperationException("The sample ended before it listened.");
    }
}
