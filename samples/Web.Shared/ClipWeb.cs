using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Web.Shared;

/// <summary>What web applications with a model share: limits, admission, problems, health.</summary>
public static class ClipWeb
{
    /// <summary>The tag of the health checks that <c>/health/ready</c> asks.</summary>
    public const string ReadyTag = "ready";

    /// <summary>Adds the services; models are added by the application.</summary>
    /// <param name="builder">The application's builder; the section <see cref="WebLimits.Section"/> of its settings has the limits.</param>
    public static void AddClipWeb(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddOptions<WebLimits>()
            .Bind(builder.Configuration.GetSection(WebLimits.Section), binder => binder.ErrorOnUnknownConfiguration = true)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddOptions<KestrelServerOptions>().Configure<IOptions<WebLimits>>((server, limits) => Limit(server.Limits, limits.Value));
        services.ConfigureOptions<ModelSettings>();
        services.ConfigureOptions<ClientLimit>();
        services.AddRateLimiter();
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);

        services.AddSingleton<Uploads>();
        services.AddSingleton<Computing>();
        services.AddSingleton<LabelBanks>();
        services.AddScoped<Waiting>(provider => new Waiting(provider.GetRequiredService<IOptions<WebLimits>>()));

        services.AddSingleton<IProblemDetailsWriter, JsonProblemWriter>();
        services.AddProblemDetails();
        services.AddHealthChecks().AddClip(name: "model", tags: [ReadyTag]);
    }

    /// <summary>Puts the limits and the problems in front of the routes, and adds the routes of health checks.</summary>
    /// <param name="app">The application.</param>
    public static void UseClipWeb(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        ReserveThreads(app.Services.GetRequiredService<IOptions<WebLimits>>().Value.ComputingPlaces);
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            StatusCodeSelector = Problems.StatusOf,
            SuppressDiagnosticsCallback = context => Problems.IsExpected(context.Exception),
        });
        app.UseStatusCodePages();
        app.UseRateLimiter();
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false }).DisableRateLimiting();
        app.MapHealthChecks("/health/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains(ReadyTag) }).DisableRateLimiting();
    }

    private static void Limit(KestrelServerLimits server, WebLimits limits)
    {
        server.MaxConcurrentConnections = limits.MaxConnections;
        server.MaxRequestBodySize = limits.MaxBodyBytes;
        server.RequestHeadersTimeout = limits.BodyTimeout;
    }

    // The pool adds threads slowly: with all of them in computing, answers to the others, and refusals, would wait for that.
    private static void ReserveThreads(int computing)
    {
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(Math.Max(workers, Environment.ProcessorCount + computing), completions);
    }
}
