using System.Net;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using Polly;
using Polly.Retry;

namespace Clip.Hub;

/// <summary>Sends requests to the Hub: where the token goes, which redirects are followed, what is tried again.</summary>
internal sealed class HubTransport : IDisposable
{
    /// <summary>The longest wait between two attempts: the Hub counts requests in windows of five minutes and asks to wait for the next.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    private const int MostRedirects = 10;

    private readonly HubSettings _settings;
    private readonly HttpClient _http;
    private readonly ResiliencePipeline _retries;

    /// <summary>Opens the transport; nothing is sent yet.</summary>
    /// <param name="settings">Endpoint, token, retries and timeouts.</param>
    /// <param name="handler">The caller's handler, which is not disposed, or null.</param>
    /// <exception cref="ArgumentException">The caller's handler follows redirects by itself.</exception>
    public HubTransport(HubSettings settings, HttpMessageHandler? handler)
    {
        _settings = settings;
        if (handler is not null)
            RequireNoRedirects(handler);
        _http = new HttpClient(handler ?? CreateHandler(), disposeHandler: handler is null) { Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd(UserAgent());
        // Hashes and sizes are those of the bytes as they are.
        _http.DefaultRequestHeaders.AcceptEncoding.Add(new("identity"));
        _retries = CreateRetries(settings);
    }

    /// <summary>Whether an address is http or https.</summary>
    public static bool IsWeb(Uri address) => address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps;

    /// <summary>Whether an answer sends the caller elsewhere.</summary>
    public static bool IsRedirect(HttpResponseMessage response) =>
        response.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
            or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect
        && response.Headers.Location is not null;

    /// <summary>Runs an attempt until it does not throw <see cref="HubConnectionException"/>, or the retries are used up.</summary>
    public async Task<T> RetryAsync<T>(Func<CancellationToken, Task<T>> attempt, CancellationToken cancellationToken) =>
        await _retries.ExecuteAsync(async token => await attempt(token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    /// <summary>
    /// Asks for the headers of a file, following redirects within the same host. The first answer that describes a large file,
    /// leads to another host or is no redirect is the one.
    /// </summary>
    /// <exception cref="HubConnectionException">No answer, or one that may pass.</exception>
    /// <exception cref="HubException">Redirects without end.</exception>
    public async Task<HubAnswer> HeadAsync(Uri address, TimeSpan timeout, CancellationToken cancellationToken)
    {
        for (var redirects = 0; redirects <= MostRedirects; redirects++)
        {
            using var response = await SendAsync(HttpMethod.Head, address, offset: 0, timeout, cancellationToken).ConfigureAwait(false);
            var answer = new HubAnswer(address, response);
            if (!IsRedirect(response) || answer.LinkedEtag is not null)
                return answer;
            var next = ReadLocation(address, response);
            if (!IsSameOrigin(next, address))
                return answer;
            address = next;
        }
        throw TooManyRedirects(address);
    }

    /// <summary>Asks for the bytes of a file, following redirects to where they are stored.</summary>
    /// <param name="address">The file at the endpoint.</param>
    /// <param name="offset">The first byte that is wanted.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The answer with its headers read and its body not; the caller disposes it.</returns>
    /// <exception cref="HubConnectionException">No answer, or one that may pass.</exception>
    /// <exception cref="HubException">A redirect that must not be followed, or too many of them.</exception>
    public async Task<HttpResponseMessage> GetAsync(Uri address, long offset, CancellationToken cancellationToken)
    {
        for (var redirects = 0; redirects <= MostRedirects; redirects++)
        {
            var response = await SendAsync(HttpMethod.Get, address, offset, _settings.Timeout, cancellationToken).ConfigureAwait(false);
            if (!IsRedirect(response))
                return response;
            using (response)
            {
                var next = ReadLocation(address, response);
                if (!IsWeb(next) || (address.Scheme == Uri.UriSchemeHttps && next.Scheme != Uri.UriSchemeHttps))
                {
                    throw new HubException(
                        HubErrorKind.InvalidAnswer,
                        $"'{Show(address)}' redirects to the {next.Scheme} address '{Show(next)}', which is not safe to follow.",
                        "Look for a proxy in between, or set another endpoint.")
                    { StatusCode = response.StatusCode };
                }
                address = next;
            }
        }
        throw TooManyRedirects(address);
    }

    /// <summary>An address without its query, which is where signatures are.</summary>
    public static string Show(Uri address) => address.GetLeftPart(UriPartial.Path);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, Uri address, long offset, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, address);
        if (offset > 0)
            request.Headers.Range = new RangeHeaderValue(offset, null);
        if (_settings.Token is { } token && IsSameOrigin(address, _settings.Endpoint))
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(timeout);
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HubConnectionException($"'{Show(address)}' did not answer within {timeout.TotalSeconds:0.###} seconds.", e);
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.SecureConnectionError)
        {
            throw new HubException(
                HubErrorKind.Unreachable, $"No secure connection to '{Show(address)}': {e.InnerException?.Message ?? e.Message}",
                "Check the clock and the certificates of this machine, and whether a proxy takes the connection apart.", e);
        }
        catch (HttpRequestException e)
        {
            throw new HubConnectionException($"'{Show(address)}' cannot be reached: {e.Message}", e);
        }

        if (!IsPassing(response.StatusCode))
            return response;
        using (response)
        {
            throw new HubConnectionException($"'{Show(address)}' answered {(int)response.StatusCode} {response.StatusCode}.")
            {
                StatusCode = response.StatusCode,
                RetryAfter = ReadRetryAfter(response),
            };
        }
    }

    private static Uri ReadLocation(Uri address, HttpResponseMessage response) =>
        Uri.TryCreate(address, response.Headers.Location, out var next) && HasHost(next)
            ? next
            : throw new HubException(
                HubErrorKind.InvalidAnswer, $"'{Show(address)}' redirects to something that is no address.", "Look for a proxy in between, or set another endpoint.")
            { StatusCode = response.StatusCode };

    // Some names that Uri takes have no form that can be asked for, which shows when the form is.
    private static bool HasHost(Uri address)
    {
        try
        {
            return address.IdnHost is not null;
        }
        catch (UriFormatException)
        {
            return false;
        }
    }

    private static bool IsPassing(HttpStatusCode status) =>
        status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;

    private static TimeSpan? ReadRetryAfter(HttpResponseMessage response)
    {
        var wait = response.Headers.RetryAfter is { } header ? header.Delta ?? header.Date - DateTimeOffset.UtcNow : null;
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    private static bool IsSameOrigin(Uri a, Uri b) =>
        a.Scheme == b.Scheme && a.Port == b.Port && string.Equals(a.IdnHost, b.IdnHost, StringComparison.OrdinalIgnoreCase);

    private static HubException TooManyRedirects(Uri address) => new(
        HubErrorKind.InvalidAnswer, $"More than {MostRedirects} redirects, the last one to '{Show(address)}'.",
        "Look for a proxy in between, or set another endpoint.");

    // Following them here would hide the headers of the first answer, and take the choice of where the token goes.
    private static void RequireNoRedirects(HttpMessageHandler handler)
    {
        var innermost = handler;
        while (innermost is DelegatingHandler { InnerHandler: { } inner })
            innermost = inner;
        if (innermost is HttpClientHandler { AllowAutoRedirect: true } or SocketsHttpHandler { AllowAutoRedirect: true })
        {
            throw new ArgumentException(
                $"The message handler follows redirects itself; set {nameof(HttpClientHandler.AllowAutoRedirect)} to false.", nameof(HubOptions.MessageHandler));
        }
    }

    private static SocketsHttpHandler CreateHandler() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        // Long enough for a model of many files, short enough to notice when the Hub moves.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    };

    private static ResiliencePipeline CreateRetries(HubSettings settings)
    {
        if (settings.Retries == 0)
            return ResiliencePipeline.Empty;
        return new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = arguments => ValueTask.FromResult(
                arguments.Outcome.Exception is HubConnectionException { RetryAfter: var wait } && (wait is null || wait <= LongestWait)),
            MaxRetryAttempts = settings.Retries,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = settings.RetryDelay,
            MaxDelay = LongestWait,
            DelayGenerator = arguments => ValueTask.FromResult((arguments.Outcome.Exception as HubConnectionException)?.RetryAfter),
        }).Build();
    }

    private static string UserAgent()
    {
        var version = typeof(HubTransport).Assembly.GetName().Version?.ToString(fieldCount: 3);
        return $"clip-dotnet/{version} dotnet/{Environment.Version} ({RuntimeInformation.RuntimeIdentifier})";
    }
}
