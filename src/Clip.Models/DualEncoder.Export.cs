using System.Text.Json;
using System.Text.Json.Nodes;
using Clip.Checkpoints;
using Clip.Shared;

namespace Clip.Models;

public sealed partial class DualEncoder
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    // Hugging Face's readers refuse safetensors files that do not say so.
    private static readonly Dictionary<string, string> Metadata = new() { ["format"] = "pt" };

    /// <summary>Writes the model as a folder that <see cref="Load"/>, open_clip or Hugging Face's classes read.</summary>
    /// <param name="folder">The folder; it is created, and files of the same names are replaced.</param>
    /// <param name="layout">Whose names and config to write.</param>
    /// <param name="dtype">Dtype of the floating-point weights in the file; null to keep each weight's own.</param>
    /// <param name="maxShardBytes">The size above which the weights are split into several files.</param>
    /// <remarks>Read back, the weights are bit-equal unless <paramref name="dtype"/> rounds them. Nothing is written when the layout cannot hold the model.</remarks>
    /// <exception cref="ArgumentException">The layout cannot express the architecture; the message says which part.</exception>
    /// <exception cref="InvalidOperationException">The weights have been packed for inference.</exception>
    public void Export(string folder, WeightLayout layout, ScalarType? dtype = null, long maxShardBytes = long.MaxValue)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        using var pass = _gate.Enter();
        var (configName, weightsName, config) = Describe(layout);
        var text = config.ToJsonString(Indented);

        Directory.CreateDirectory(folder);
        ExportWeights(Path.Combine(folder, weightsName), layout, dtype, maxShardBytes);
        AtomicFile.WriteText(Path.Combine(folder, configName), text);
    }

    /// <summary>Writes the weights alone, as safetensors.</summary>
    /// <param name="path">The file; replaced when it is there. A crash leaves the old file or the new one.</param>
    /// <param name="layout">Whose names to write.</param>
    /// <param name="dtype">Dtype of the floating-point weights in the file; null to keep each weight's own.</param>
    /// <param name="maxShardBytes">The size above which the weights are split into several files with an index.</param>
    /// <exception cref="ArgumentException">The layout has no names for the architecture.</exception>
    /// <exception cref="InvalidOperationException">The weights have been packed for inference.</exception>
    public void ExportWeights(string path, WeightLayout layout, ScalarType? dtype = null, long maxShardBytes = long.MaxValue)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var pass = _gate.Enter();
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var parameters = state_dict();
        var keys = MapNames(layout, parameters.Keys);

        SafetensorsFile.Write(
            path,
            keys.Select(key => KeyValuePair.Create(key.Name, Convert(key.View(parameters[key.Parameter].detach()), dtype))),
            Metadata,
            maxShardBytes);
    }

    /// <summary>Finds out whether <see cref="Export"/> can write the model in a layout.</summary>
    /// <param name="layout">The layout.</param>
    /// <returns>What of the architecture it cannot express; null where it can all.</returns>
    public string? FindExportProblem(WeightLayout layout)
    {
        using var scope = NewDisposeScope();
        try
        {
            Describe(layout);
            MapNames(layout, state_dict().Keys);
            return null;
        }
        catch (ArgumentException e) when (e is not ArgumentOutOfRangeException)
        {
            return e.Message;
        }
    }

    private (string ConfigName, string WeightsName, JsonObject Config) Describe(WeightLayout layout) => layout switch
    {
        WeightLayout.Native => (OpenClipConfigWriter.FileName, "open_clip_model.safetensors", OpenClipConfigWriter.Write(Config)),
        WeightLayout.HuggingFace => (HuggingFaceConfigWriter.FileName, "model.safetensors", HuggingFaceConfigWriter.Write(Config)),
        _ => throw new ArgumentOutOfRangeException(nameof(layout), layout, "There is no such layout."),
    };

    private IReadOnlyList<CheckpointKey> MapNames(WeightLayout layout, IEnumerable<string> parameters) => KeyMaps.For(Config, layout)?.Map(parameters)
        ?? throw new ArgumentException($"The layout {layout} has no names for {Config.Image.GetType().Name} with these settings.", nameof(layout));

    private static Tensor Convert(Tensor tensor, ScalarType? dtype) =>
        dtype is { } type && tensor.is_floating_point() ? tensor.to(type) : tensor;
}
