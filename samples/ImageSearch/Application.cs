using Clip;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.VectorData;
using Web.Shared;

namespace ImageSearch;

/// <summary>The application's services and routes.</summary>
public static class Application
{
    // Two texts of 2000 characters, each of which may take nine bytes in an address.
    private const int MaxRequestLineBytes = 40 << 10;

    /// <summary>Builds the application; it starts listening with Run.</summary>
    /// <param name="args">The command line: settings such as <c>--Clip:Model ViT-B/32 --urls http://127.0.0.1:5000</c>.</param>
    /// <param name="configure">Adds or replaces services, last; null to leave them as they are.</param>
    public static WebApplication Build(string[] args, Action<IServiceCollection>? configure = null)
    {
        // The page and the settings lie beside the application, wherever it is started.
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });

        builder.AddClipWeb();
        builder.Services.AddClip(builder.Configuration.GetSection("Clip"))
            .AddEmbeddingGenerator()
            .WarmUpInBackground();
        AddCollection(builder);
        builder.AddTelemetry();
        builder.Services.Configure<KestrelServerOptions>(server => server.Limits.MaxRequestLineSize = MaxRequestLineBytes);
        builder.Services.AddOpenApi(options => options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "Image search";
            return Task.CompletedTask;
        }));
        configure?.Invoke(builder.Services);

        var app = builder.Build();
        app.UsePageSecurity();
        app.UseClipWeb();
        app.UseSameOrigin();
        app.UsePage();
        app.MapOpenApi();
        app.MapImages();
        app.MapSearch();
        return app;
    }

    private static void AddCollection(WebApplicationBuilder builder)
    {
        Bind<CollectionSettings>(builder, CollectionSettings.Section);
        Bind<StoreSettings>(builder, StoreSettings.Section);
        Bind<ExplanationOptions>(builder, "Explanation");
        var services = builder.Services;
        services.AddSingleton(provider => VectorStores.Open(
            provider.GetRequiredService<IOptions<StoreSettings>>().Value, provider.GetRequiredService<IOptions<CollectionSettings>>().Value));
        services.AddSingleton<CollectionProvider>();
        services.AddSingleton<Seeder>();
        services.AddHostedService<CollectionStartup>();
        services.AddScoped<QueryVectors>();
        services.AddHealthChecks().AddCheck<CollectionCheck>("collection", HealthStatus.Unhealthy, [ClipWeb.ReadyTag]);
    }

    private static void Bind<T>(WebApplicationBuilder builder, string section)
        where T : class => builder.Services.AddOptions<T>()
        .Bind(builder.Configuration.GetSection(section), binder => binder.ErrorOnUnknownConfiguration = true)
        .ValidateDataAnnotations()
        .ValidateOnStart();
}
