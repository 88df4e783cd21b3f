using Clip.DependencyInjection;
using Clip.ZeroShot;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;

namespace WebApi;

/// <summary>The application's services and routes.</summary>
public static class Application
{
    /// <summary>The key of the classifier for requests without labels of their own.</summary>
    public const string DefaultLabels = "default";

    /// <summary>Builds the application; it starts listening with Run.</summary>
    /// <param name="args">The command line: settings such as <c>--Clip:Model path --urls http://127.0.0.1:5000</c>.</param>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        var labels = builder.Configuration.GetSection("Labels").Get<string[]>() ?? ["a photo", "a drawing"];

        builder.Services.AddClip(builder.Configuration.GetSection("Clip"))
            .AddZeroShotClassifier(DefaultLabels, labels, PromptTemplates.None)
            .AddEmbeddingGenerator()
            .WarmUpInBackground();
        builder.Services.AddHealthChecks().AddCheck<ModelHealthCheck>("model", tags: ["ready"]);
        builder.Services.AddProblemDetails(options => options.CustomizeProblemDetails = Problems.Describe);

        var app = builder.Build();
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            StatusCodeSelector = Problems.StatusOf,
            SuppressDiagnosticsCallback = context => Problems.IsCallers(context.Exception),
        });
        app.UseStatusCodePages();
        app.MapPost("/classify", Endpoints.ClassifyAsync);
        app.MapPost("/embed", Endpoints.EmbedAsync);
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
        app.MapHealthChecks("/health/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains("ready") });
        return app;
    }
}
