using System.Text.Json;
using Clip.Models;

namespace Clip.Parity.Tests.Towers;

/// <summary>One recorded network: its weights, inputs and outputs.</summary>
internal sealed class TowerCase : IDisposable
{
    public const string LayersFile = "intermediates.safetensors";

    private readonly string _folder;

    public TowerCase(string name)
    {
        _folder = ReferenceData.Require("towers", name);
        Outputs = new ReferenceTensors(Path.Combine(_folder, "io.safetensors"));
        Network = Load();
    }

    public DualEncoder Network { get; }

    public ReferenceTensors Outputs { get; }

    /// <summary>Hugging Face calls its inputs and outputs by other names.</summary>
    public bool IsHuggingFace => File.Exists(Path.Combine(_folder, "config.json"));

    public Tensor Image => Outputs[IsHuggingFace ? "pixel_values" : "image"];

    public Tensor Text => Outputs[IsHuggingFace ? "input_ids" : "text"];

    public string ImageEmbeddings => IsHuggingFace ? "image_features" : "encode_image";

    public string TextEmbeddings => IsHuggingFace ? "text_features" : "encode_text";

    public string NormalizedImages => IsHuggingFace ? "image_embeds" : "image_features_normalized";

    public string NormalizedTexts => IsHuggingFace ? "text_embeds" : "text_features_normalized";

    /// <summary>Outputs of single layers, where they were recorded.</summary>
    public ReferenceTensors Intermediates() => new(Path.Combine(_folder, LayersFile));

    public void Dispose()
    {
        Network.Dispose();
        Outputs.Dispose();
    }

    private DualEncoder Load()
    {
        if (IsHuggingFace)
            return DualEncoder.Load(_folder);

        using var meta = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_folder, "meta.json")));
        var config = meta.RootElement.TryGetProperty("model_cfg", out var openClip)
            ? ReadOpenClip(openClip)
            : OpenAiCase.Config(meta.RootElement);
        return DualEncoder.Load(Path.Combine(_folder, "model.safetensors"), new LoadOptions { Config = config });
    }

    private static DualEncoderConfig ReadOpenClip(JsonElement config)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, config.GetRawText());
            return DualEncoderConfig.Read(file);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
