using Clip.ZeroShot;
using Web.Shared;

namespace WebApi;

/// <summary>The application's services and routes.</summary>
public static class Application
{
    /// <summary>The key of the classifier for requests without labels of their own.</summary>
    public const string DefaultLabels = "default";

    /// <summary>Builds the application; it starts listening with Run.</summary>
    /// <param name="args">The command line: settings such as <c>--Clip:Model path --urls http://127.0.0.1:5000</c>.</param>
    /// <param name="configure">Adds or replaces services, last; null to leave them as they are.</param>
    public static WebApplication Build(string[] args, Action<IServiceCollection>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(args);
        var labels = builder.Configuration.GetSection("Labels").Get<string[]>() ?? ["a photo", "a drawing"];

        builder.AddClipWeb();
        builder.Services.AddClip(builder.Configuration.GetSection("Clip"))
            .AddZeroShotClassifier(DefaultLabels, labels, PromptTemplates.None)
            .AddEmbeddingGenerator()
            .WarmUpInBackground();
        configure?.Invoke(builder.Services);

        var app = builder.Build();
        app.UseClipWeb();
        app.MapPost("/classify", Endpoints.ClassifyAsync);
        app.MapPost("/embed", Endpoints.EmbedAsync);
        return app;
    }
}
