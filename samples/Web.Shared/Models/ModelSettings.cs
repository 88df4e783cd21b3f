using Clip.DependencyInjection;
using Clip.Preprocessing;
using Microsoft.Extensions.Options;

namespace Web.Shared;

/// <summary>Fits a model's options to the limits.</summary>
/// <param name="limits">The limits.</param>
internal sealed class ModelSettings(IOptions<WebLimits> limits) : IPostConfigureOptions<ClipOptions>
{
    public void PostConfigure(string? name, ClipOptions options)
    {
        // A model that comes with the application lies beside it, wherever it is started.
        if (!Path.IsPathRooted(options.Model) && Path.Combine(AppContext.BaseDirectory, options.Model) is var bundled && Path.Exists(bundled))
            options.Model = bundled;
        // The places of the application come first; a second queue behind them would be one without a limit.
        options.MaxConcurrency ??= limits.Value.ComputingPlaces;

        var server = ImagePreprocessorOptions.ForServer();
        var configure = options.ConfigureModel;
        options.ConfigureModel = model =>
        {
            model = configure?.Invoke(model) ?? model;
            var images = server.Limits;
            return model with
            {
                Images = model.Images with
                {
                    Budget = server.Budget,
                    Limits = images with
                    {
                        MaxPixels = Math.Min(images.MaxPixels, limits.Value.MaxPixels),
                        MaxBytes = Math.Min(images.MaxBytes, limits.Value.MaxBodyBytes),
                    },
                },
            };
        };
    }
}
