using System.Net;
using Clip.DependencyInjection.Tests.Support;
using Web.Shared;
using WebApi.Tests.Support;
using static WebApi.Tests.Support.Answers;

namespace WebApi.Tests;

/// <summary>Class banks of callers' own labels are made once and kept in bounded memory.</summary>
public sealed class LabelBanksTests(TinyModel tiny)
{
    private readonly Waiting _patient = new(Patience.Limit);

    [Fact]
    public async Task Get_SameLabels_AreMadeOnce()
    {
        await using var host = await WebApiHost.StartAsync(tiny);
        var banks = host.Get<LabelBanks>();

        await PostAsync(host, "fern,moss");
        await PostAsync(host, " fern , moss ,fern");
        Assert.Equal((1, 1), (banks.Made, banks.Kept));

        await PostAsync(host, "fern,tree");
        Assert.Equal((2, 2), (banks.Made, banks.Kept));
    }

    [Fact]
    public async Task Get_ManyAtOnce_AreMadeOnce()
    {
        await using var host = await WebApiHost.StartAsync(tiny, "--Limits:MaxComputing", "1");
        var (banks, computing) = (host.Get<LabelBanks>(), host.Get<Computing>());
        Task<Clip.ZeroShot.ClassBank>[] callers;
        using (await computing.All.EnterAsync(_patient, default))
        {
            callers = [.. Enumerable.Range(0, 16).Select(_ => banks.GetAsync(["fern", "moss"], _patient, default))];
            await Patience.UntilAsync(() => computing.All.Queued == 1);
        }

        var made = await Task.WhenAll(callers).WithinLimit();

        Assert.Equal(1, banks.Made);
        Assert.All(made, bank => Assert.Same(made[0], bank));
    }

    [Fact]
    public async Task Get_OneCallerGoesAway_TheOthersGetTheirs()
    {
        await using var host = await WebApiHost.StartAsync(tiny, "--Limits:MaxComputing", "1");
        var (banks, computing) = (host.Get<LabelBanks>(), host.Get<Computing>());
        using var leave = new CancellationTokenSource();
        Task<Clip.ZeroShot.ClassBank> first, second;
        using (await computing.All.EnterAsync(_patient, default))
        {
            first = banks.GetAsync(["fern", "moss"], _patient, leave.Token);
            second = banks.GetAsync(["fern", "moss"], new Waiting(Patience.Limit), default);
            await leave.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        }

        Assert.Equal(["fern", "moss"], (await second.WithinLimit()).ClassNames);
    }

    [Fact]
    public async Task Get_ManyDifferentLabels_KeepsBoundedMemory()
    {
        const int Limit = 10_000;
        await using var host = await WebApiHost.StartAsync(tiny, "--Limits:MaxLabelBankBytes", $"{Limit}");
        var banks = host.Get<LabelBanks>();

        for (var i = 0; i < 100; i++)
        {
            var bank = await banks.GetAsync([$"fern {i}", "moss"], _patient, default);
            Assert.True(banks.Kept * sizeof(float) * bank.Embeddings.Length <= Limit);
        }

        Assert.Equal(100, banks.Made);
        Assert.InRange(banks.Kept, 1, 99);
    }

    [Fact]
    public async Task Get_LabelIsTooLong_IsNotKept()
    {
        await using var host = await WebApiHost.StartAsync(tiny);
        var banks = host.Get<LabelBanks>();
        for (var i = 0; i < 2; i++)
        {
            using var response = await host.Client.PostAsync("/classify?labels=" + new string('x', 150), Body(Image.Striped(1)));
            await RequireProblemAsync(response, HttpStatusCode.BadRequest, "tokens");
        }
        Assert.Equal(0, banks.Kept);
        await PostAsync(host, "fern");
    }

    private static async Task PostAsync(WebApiHost host, string labels)
    {
        using var response = await host.Client.PostAsync("/classify?labels=" + Uri.EscapeDataString(labels), Body(Image.Striped(1)));
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }
}
