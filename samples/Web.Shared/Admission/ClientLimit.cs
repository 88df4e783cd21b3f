using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Web.Shared;

/// <summary>Requests of one address at a time, where that is limited: 429 for the others.</summary>
/// <param name="limits">The limits.</param>
internal sealed class ClientLimit(IOptions<WebLimits> limits) : IConfigureOptions<RateLimiterOptions>
{
    private const int NetworkBytes = 8;

    public void Configure(RateLimiterOptions options)
    {
        options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        options.OnRejected = RejectAsync;
        if (limits.Value.MaxRequestsPerClient is not { } most)
            return;
        options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, IPAddress>(context => RateLimitPartition.GetConcurrencyLimiter(
            Client(context.Connection.RemoteIpAddress ?? IPAddress.None), _ => new ConcurrencyLimiterOptions { PermitLimit = most, QueueLimit = 0 }));
    }

    // Whoever has one IPv6 address has the 2^64 of its network.
    private static IPAddress Client(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(NetworkBytes).Clear();
        return new IPAddress(bytes);
    }

    private static async ValueTask RejectAsync(OnRejectedContext rejected, CancellationToken cancellationToken)
    {
        var context = rejected.HttpContext;
        context.Response.Headers[HeaderNames.RetryAfter] = 1.ToString(CultureInfo.InvariantCulture);
        await context.RequestServices.GetRequiredService<IProblemDetailsService>().WriteAsync(new ProblemDetailsContext
        {
            HttpContext = context,
            ProblemDetails = { Detail = "There are too many requests from this address at a time." },
        });
    }
}
