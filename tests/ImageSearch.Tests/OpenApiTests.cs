using Clip.DependencyInjection.Tests.Support;
using ImageSearch.Tests.Support;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ImageSearch.Tests;

/// <summary>The OpenAPI document has all of the application's routes.</summary>
public sealed class OpenApiTests(TinyModel tiny) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Document_HasEveryRouteWithASummary()
    {
        await using var host = await ImageSearchHost.StartAsync(tiny, _folder);

        var document = await host.GetJsonAsync("/openapi/v1.json");

        var routes = host.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/api/", StringComparison.Ordinal))
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Select(method => (
                Path: endpoint.RoutePattern.RawText!.Replace(":guid", "").TrimEnd('/'), Method: method.ToLowerInvariant()))).ToList();
        Assert.Equal(11, routes.Count);
        Assert.All(routes, route => Assert.NotNull(document["paths"]!.AsObject().Single(path => path.Key.TrimEnd('/') == route.Path).Value![route.Method]!["summary"]));
        Assert.NotNull(document["paths"]!["/api/classify"]!["post"]!["requestBody"]!["content"]!["application/json"]!["schema"]);
        Assert.NotNull(document["paths"]!["/api/search"]!["post"]!["requestBody"]!["content"]!["image/*"]);
    }

    public void Dispose() => _folder.Dispose();
}
