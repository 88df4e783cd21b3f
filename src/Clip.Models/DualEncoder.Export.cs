using System.Text.Json;
using Clip.Checkpoints;

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
        var (configName, weightsName, config) = layout switch
        {
            WeightLayout.Native => (OpenClipConfigWriter.FileName, "open_clip_model.safetensors", OpenClipConfigWriter.Write(Config)),
            WeightLayout.HuggingFace => (HuggingFaceConfigWriter.FileName, "model.safetensors", HuggingFaceConfigWriter.Write(Config)),
            _ => throw new ArgumentOutOfRangeException(nameof(layout), layout, "There is no such layout."),
        };
        var text = config.ToJsonString(Indented);

        Directory.CreateDirectory(folder);
        ExportWeights(Path.Combine(folder, weightsName), layout, dtype, maxShardBytes);
        WriteAtomically(Path.Combine(folder, configName), text);
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
        var keys = KeyMaps.For(Config, layout)?.Map(parameters.Keys)
            ?? throw new ArgumentException($"The layout {layout} has no names for {Config.Image.GetType().Name} with these settings.", nameof(layout));

        SafetensorsFile.Write(
            path,
            keys.Select(key => KeyValuePair.Create(key.Name, Convert(key.View(parameters[key.Parameter].detach()), dtype))),
            Metadata,
            maxShardBytes);
    }

    private static Tensor Convert(Tensor tensor, ScalarType? dtype) =>
        dtype is { } type && tensor.is_floating_point() ? tensor.to(type) : tensor;

    private static void WriteAtomically(string path, string text)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            File.WriteAllText(temporary, text);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
