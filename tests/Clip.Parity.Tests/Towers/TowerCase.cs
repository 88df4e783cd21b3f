using System.Text.Json;
using Clip.Models;

namespace Clip.Parity.Tests.Towers;

/// <summary>One recorded network: its weights, inputs and outputs.</summary>
internal sealed class TowerCase : IDisposable
{
    public const string OutputsFile = "io.safetensors", LayersFile = "intermediates.safetensors", FoldedFile = "model_reparameterized.safetensors";

    private const string Double = ".f64", Single = ".f32";

    private readonly string _folder;

    /// <param name="name">The case's folder below the root, such as "towers/openai_vit_p16_w64".</param>
    public TowerCase(string name)
    {
        ReferenceData.Require(name);
        _folder = ReferenceData.PathOf(name);
        Outputs = new ReferenceTensors(Path.Combine(_folder, OutputsFile));
    }

    /// <summary>All cases of the reference data.</summary>
    public static IEnumerable<string> Names => ReferenceData.Cases("towers", OutputsFile);

    /// <summary>The cases of networks that take images and texts.</summary>
    public static IEnumerable<string> DualEncoders => Names.Where(name =>
    {
        using var reference = new TowerCase(name);
        return reference is { HasImages: true, HasTexts: true };
    });

    /// <summary>The cases with a certain output.</summary>
    public static IEnumerable<string> Having(string output) => ReferenceData.OrNone(Names.Where(name =>
    {
        using var reference = new TowerCase(name);
        return reference.Outputs.Find(output) is not null;
    }));

    /// <summary>The inputs, and all outputs by their names with ".f32" and ".f64".</summary>
    public ReferenceTensors Outputs { get; }

    /// <summary>Names of what was computed, without ".f32" and ".f64".</summary>
    public IEnumerable<string> Computed => Outputs.Names
        .Where(name => name.EndsWith(Single, StringComparison.Ordinal))
        .Select(name => name[..^Single.Length]);

    public bool HasImages => ImageName is not null && Grids is null;

    /// <summary>Rows and columns of each image's patches, where the images are patches; null where they are pixels.</summary>
    public Tensor? Grids => Outputs.Find("spatial_shapes") is { } name ? Outputs[name] : null;

    public bool HasTexts => TextName is not null;

    public Tensor Image => Outputs[ImageName!];

    public Tensor Text => Outputs[TextName!];

    /// <summary>Whether the network was recorded by Hugging Face's library, in a folder as it writes them.</summary>
    public bool IsHuggingFace => Has("config.json");

    // Hugging Face calls its inputs by other names.
    private string? ImageName => Outputs.Find("image", "pixel_values");

    private string? TextName => Outputs.Find("text", "input_ids");

    public bool Has(string file) => File.Exists(PathOf(file));

    public string PathOf(string file) => Path.Combine(_folder, file);

    /// <summary>Outputs of single layers, where they were recorded.</summary>
    public ReferenceTensors Intermediates() => new(PathOf(LayersFile));

    /// <summary>Loads the network as a user would: from the folder where it is complete, else with the recorded architecture.</summary>
    /// <param name="resolution">Another resolution than the network was recorded for; null to keep it.</param>
    public DualEncoder Load(ImageSize? resolution = null) => Load(new LoadOptions { Resolution = resolution }, DualEncoder.Load);

    /// <summary>Loads the network as <see cref="Load(ImageSize?)"/> does, packed block by block.</summary>
    public PackedDualEncoder LoadForInference(WeightQuantization quantization = WeightQuantization.None) =>
        Load(new LoadOptions(), (path, options) => DualEncoder.LoadForInference(path, options, quantization));

    private T Load<T>(LoadOptions options, Func<string, LoadOptions, T> load)
    {
        return IsHuggingFace
            ? load(_folder, options)
            : load(PathOf("model.safetensors"), options with { Config = ReadConfig() });
    }

    /// <summary>Loads the file whose branches and norms the original code has folded.</summary>
    public DualEncoder LoadFolded() => DualEncoder.Load(PathOf(FoldedFile), new LoadOptions { Config = ReadConfig() });

    public void Dispose() => Outputs.Dispose();

    private DualEncoderConfig ReadConfig()
    {
        foreach (var config in (string[])["open_clip_config.json", "mobileclip_config.json"])
        {
            if (Has(config))
                return DualEncoderConfig.Read(PathOf(config));
        }
        using var meta = JsonDocument.Parse(File.ReadAllBytes(PathOf("meta.json")));
        if (meta.RootElement.TryGetProperty("model_cfg", out var openClip))
            return ReadOpenClip(openClip);
        return meta.RootElement.TryGetProperty("vision_config", out _) ? PerceptionEncoderCase.Config(meta.RootElement) : OpenAiCase.Config(meta.RootElement);
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
