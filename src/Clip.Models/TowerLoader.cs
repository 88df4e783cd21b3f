using Clip.Checkpoints;
using Clip.Runtime;

namespace Clip.Models;

/// <summary>Loads one tower, from a checkpoint of it alone or of a whole model.</summary>
internal static class TowerLoader
{
    public static ImageTower LoadImage(string path, LoadOptions options) => Load(path, options, (parts, tensors) =>
    {
        if (parts.Image is not { } source)
            throw new CheckpointException(tensors.Path, $"holds a text tower alone, which {nameof(TextTower)}.{nameof(TextTower.Load)} reads.");
        if (options.ContextLength is not null)
            throw new ArgumentException("An image tower has no context length.", nameof(options));

        var target = source;
        if (options.Resolution is { } resolution && resolution != source.Resolution)
        {
            if (source.Family.WhyNotResizable is { } reason)
                throw new ArgumentException(reason, nameof(options));
            target = source with { Resolution = resolution };
            target.Validate(new ConfigCheck(""));
        }
        return new Recipe<ImageTower>(
            WeightLoader.ImageTower,
            KeyMaps.For(source),
            weights => source.Family.Create(source, parts.EmbeddingSize, weights),
            weights => target.Family.Create(target, parts.EmbeddingSize, weights),
            (parameter, stored) => source.Family.Resize(parameter, stored, source, target));
    });

    public static TextTower LoadText(string path, LoadOptions options) => Load(path, options, (parts, tensors) =>
    {
        if (parts.Text is not { } source)
            throw new CheckpointException(tensors.Path, $"holds an image tower alone, which {nameof(ImageTower)}.{nameof(ImageTower.Load)} reads.");
        if (options.Resolution is not null)
            throw new ArgumentException("A text tower has no resolution.", nameof(options));

        var target = source;
        if (options.ContextLength is { } length && length != source.ContextLength)
        {
            if (source.Family.WhyNotResizable(source) is { } reason)
                throw new ArgumentException(reason, nameof(options));
            target = source with { ContextLength = length };
            target.Validate(new ConfigCheck(""));
        }
        return new Recipe<TextTower>(
            WeightLoader.TextTower,
            KeyMaps.For(source),
            weights => source.Family.Create(source, parts.EmbeddingSize, weights),
            weights => target.Family.Create(target, parts.EmbeddingSize, weights),
            (parameter, stored) => source.Family.Resize(parameter, stored, target));
    });

    private static TTower Load<TTower>(string path, LoadOptions options, Func<ModelParts, CheckpointTensors, Recipe<TTower>> prepare)
        where TTower : nn.Module
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        TorchLibraries.EnsureLoaded();
        var files = CheckpointFolder.Find(path);
        using var checkpoint = Checkpoint.Open(files.Weights);
        var tensors = new CheckpointTensors(checkpoint, options.WeightsKey);
        var (parts, whole) = FindParts(files, tensors, options);
        var recipe = prepare(parts, tensors);
        var plan = whole is null ? Plan(tensors, recipe) : LoadPlan.Create(tensors, whole);

        var tower = recipe.Create(new WeightFactory(options.Target?.DType ?? ScalarType.Float32, CPU));
        try
        {
            var parameters = Prefixed(tower, recipe.Prefix);
            WeightLoader.Fill(
                parameters, tensors, plan.Only(parameters), (parameter, stored) => recipe.Resize(parameter[recipe.Prefix.Length..], stored), options.AllowNonFinite);
            if (options.Target is { } target && target.Device.type != DeviceType.CPU)
                tower.to(target.Device);
            tower.eval();
            return tower;
        }
        catch
        {
            tower.Dispose();
            throw;
        }
    }

    private static LoadPlan Plan<TTower>(CheckpointTensors tensors, Recipe<TTower> recipe)
        where TTower : nn.Module
    {
        using var scope = NewDisposeScope();
        using var outline = recipe.Outline(new WeightFactory(ScalarType.Float32, META));
        return LoadPlan.Create(tensors, Prefixed(outline, recipe.Prefix), recipe.Maps);
    }

    private static Dictionary<string, Tensor> Prefixed(nn.Module tower, string prefix) =>
        tower.state_dict().ToDictionary(entry => prefix + entry.Key, entry => entry.Value);

    // The towers, and the whole model's config where the checkpoint has both.
    private static (ModelParts Parts, DualEncoderConfig? Whole) FindParts(CheckpointFolder files, CheckpointTensors tensors, LoadOptions options)
    {
        if (options.Config is null && files.Config is { } config && options.Activation is null)
        {
            var parts = ConfigFile.ReadParts(config, options.IgnoreUnknownSettings);
            if (parts is { Image: null } or { Text: null })
                return (WithWhatIsThere(parts, tensors), null);
        }
        var whole = ConfigFinder.Find(files, tensors, options);
        return (ModelParts.Of(whole), whole);
    }

    private static ModelParts WithWhatIsThere(ModelParts parts, CheckpointTensors tensors)
    {
        if (parts.Projection is null || tensors.Contains(parts.Projection))
            return parts;
        var (image, text) = (parts.Image?.WithoutProjection(), parts.Text?.WithoutProjection());
        return parts with { Image = image, Text = text, EmbeddingSize = image?.FeatureSize ?? text!.FeatureSize };
    }

    private sealed record Recipe<TTower>(
        string Prefix, IReadOnlyList<KeyMap> Maps, Func<WeightFactory, TTower> Outline, Func<WeightFactory, TTower> Create, Func<string, Tensor, Tensor> Resize);
}
