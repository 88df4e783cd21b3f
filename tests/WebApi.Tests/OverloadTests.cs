using System.Net;
using Clip;
using Clip.DependencyInjection;
using Clip.DependencyInjection.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Web.Shared;
using WebApi.Tests.Support;
using static WebApi.Tests.Support.Answers;

namespace WebApi.Tests;

/// <summary>Too many callers: some are told to come again, and who goes away leaves its place to others.</summary>
public sealed class OverloadTests(TinyModel tiny)
{
    private const string Full = "too many requests";
    private const string Late = "in time";

    private readonly Waiting _patient = new(Patience.Limit);

    [Fact]
    public async Task Classify_QueueIsFull_Says503()
    {
        await using var host = await WebApiHost.StartAsync(tiny, "--Limits:MaxComputing", "1", "--Limits:MaxQueued", "0");
        using (await host.Get<Computing>().All.EnterAsync(_patient, default))
            await RequireRefusalAsync(await PostAsync(host), HttpStatusCode.ServiceUnavailable, Full);

        await RequireAnswerAsync(host);
        host.RequireCleanLog();
    }

    [Fact]
    public async Task Classify_TurnDoesNotCome_Says503()
    {
        await using var host = await WebApiHost.StartAsync(tiny, "--Limits:MaxComputing", "1", "--Limits:MaxWait", "00:00:00.05");
        var places = host.Get<Computing>().All;
        using (await places.EnterAsync(_patient, default))
            await RequireRefusalAsync(await PostAsync(host), HttpStatusCode.ServiceUnavailable, Late);

        Assert.Equal(0, places.Queued);
        host.RequireCleanLog();
    }

    [Fact]
    public async Task Classify_UploadsAreFull_Says503()
    {
        await using var host = await WebApiHost.StartAsync(tiny, "--Limits:MaxUploads", "1");
        using (host.Get<Uploads>().Places.Enter())
            await RequireRefusalAsync(await PostAsync(host), HttpStatusCode.ServiceUnavailable, Full);

        await RequireAnswerAsync(host);
        host.RequireCleanLog();
    }

    [Fact]
    public async Task Classify_MemoryIsUsedUp_Says503AndTakesNothing()
    {
        await using var host = await WebApiHost.StartAsync(tiny, "--Limits:MaxBufferedBytes", "100000");
        var budget = host.Get<Uploads>().Budget;
        budget.Take(100_000);

        await RequireRefusalAsync(await PostAsync(host), HttpStatusCode.ServiceUnavailable, "no memory");

        Assert.Equal(100_000, budget.Taken);
        budget.Return(100_000);
        await RequireAnswerAsync(host);
        await Patience.UntilAsync(() => budget.Taken == 0);
    }

    [Fact]
    public async Task Classify_LargeImagesWait_OthersAreServed()
    {
        // The images of these tests have 32 x 32 pixels.
        await using var host = await WebApiHost.StartAsync(tiny, "--Limits:LargeImagePixels", "1024", "--Limits:MaxQueuedLargeImages", "0");
        using (await host.Get<Computing>().Large.EnterAsync(_patient, default))
        {
            await RequireRefusalAsync(await PostAsync(host), HttpStatusCode.ServiceUnavailable, Full);
            using var texts = await host.Client.PostAsync("/embed", new StringContent("[\"cat\"]", new System.Net.Http.Headers.MediaTypeHeaderValue("application/json")));
            Assert.Equal(HttpStatusCode.OK, texts.StatusCode);
        }
        await RequireAnswerAsync(host);
    }

    [Fact]
    public void ComputingPlaces_AreMoreThanLargeImages_ByDefault() =>
        Assert.True(new WebLimits { MaxLargeImages = 7 }.ComputingPlaces > 7);

    [Fact]
    public async Task Classify_ManyOfOneAddress_Says429()
    {
        await using var host = await WebApiHost.StartAsync(tiny, "--Limits:MaxRequestsPerClient", "1");
        using var slow = await RawConnection.OpenAsync(host);
        await slow.SendAsync(RawConnection.Head("/classify", "Content-Length: 1000") + "BM");
        var uploads = host.Get<Uploads>();
        await Patience.UntilAsync(() => uploads.Budget.Taken > 0);

        await RequireRefusalAsync(await PostAsync(host), HttpStatusCode.TooManyRequests, "from this address");

        using var health = await host.Client.GetAsync("/health/live");
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        host.RequireCleanLog();
    }

    [Fact]
    public async Task Classify_CallerGoesAwayWhileSending_FreesItsPlaceAndMemory()
    {
        await using var host = await WebApiHost.StartAsync(tiny);
        var uploads = host.Get<Uploads>();
        var free = uploads.Places.Free;
        using (var connection = await RawConnection.OpenAsync(host))
        {
            await connection.SendAsync(RawConnection.Head("/classify", "Content-Length: 1000") + "BM");
            await Patience.UntilAsync(() => uploads.Budget.Taken > 0);
            Assert.Equal(free - 1, uploads.Places.Free);
        }

        await Patience.UntilAsync(() => uploads.Places.Free == free && uploads.Budget.Taken == 0);
        host.RequireCleanLog();
    }

    [Fact]
    public async Task Classify_CallerGoesAwayWhileWaiting_FreesItsPlaceAndMemory()
    {
        await using var host = await WebApiHost.StartAsync(tiny, "--Limits:MaxComputing", "1", "--Limits:MaxWait", "00:10:00");
        var (places, budget) = (host.Get<Computing>().All, host.Get<Uploads>().Budget);
        using (await places.EnterAsync(_patient, default))
        {
            using var leave = new CancellationTokenSource();
            var request = host.Client.PostAsync("/classify", Body(Image.Striped(1)), leave.Token);
            await Patience.UntilAsync(() => places.Queued == 1);

            await leave.CancelAsync();

            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
            await Patience.UntilAsync(() => places.Queued == 0 && budget.Taken == 0);
        }
        await RequireAnswerAsync(host);
        host.RequireCleanLog();
    }

    [Fact]
    public async Task Classify_ModelIsBeingLoaded_Says503()
    {
        await using var host = await WebApiHost.StartAsync(
            tiny, services => services.AddSingleton<IClipModelProvider, EndlessLoad>(), "--Limits:MaxWait", "00:00:00.05");

        await RequireRefusalAsync(await PostAsync(host), HttpStatusCode.ServiceUnavailable, Late);

        using var ready = await host.Client.GetAsync("/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        host.RequireCleanLog();
    }

    [Theory]
    [InlineData("MaxUploads", "0")]
    [InlineData("MaxBodyBytes", "-1")]
    [InlineData("BodyTimeout", "00:00:00")]
    [InlineData("MaxBodySize", "1")]
    public async Task Start_BadLimit_Fails(string name, string value) =>
        await Assert.ThrowsAnyAsync<Exception>(() => WebApiHost.StartAsync(tiny, "--Limits:" + name, value));

    private static Task<HttpResponseMessage> PostAsync(WebApiHost host) => host.Client.PostAsync("/classify", Body(Image.Striped(1)));

    private static async Task RequireAnswerAsync(WebApiHost host)
    {
        using var response = await PostAsync(host);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    private sealed class EndlessLoad : IClipModelProvider
    {
        public LoadState State => LoadState.Loading;

        public bool TryGet(out ClipModel model)
        {
            model = null!;
            return false;
        }

        public Task<ClipModel> GetAsync(CancellationToken cancellationToken = default) =>
            new TaskCompletionSource<ClipModel>().Task.WaitAsync(cancellationToken);
    }
}
