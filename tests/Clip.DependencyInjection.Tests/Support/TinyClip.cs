using System.Text.Json.Nodes;
using Clip.Models;

namespace Clip.DependencyInjection.Tests.Support;

/// <summary>A folder with a complete model, small enough to load in a moment: weights from a seed, a vocabulary of bytes.</summary>
public sealed class TinyClip : IDisposable
{
    public const int EmbeddingSize = 24;

    private readonly TemporaryFolder _folder = new();

    public TinyClip()
    {
        // Bytes alone and at the end of a word: the first tokens of every vocabulary of CLIP (Radford et al. 2019, section 2.2).
        var characters = ByteCharacters();
        string[] tokens = [.. characters, .. characters.Select(character => character + "</w>"), "c" + "a", "ca" + "t</w>", "<|startoftext|>", "<|endoftext|>"];
        var transformer = new TransformerConfig { Width = 32, Layers = 2, Heads = 2, Activation = Activation.QuickGelu };
        var config = new DualEncoderConfig
        {
            EmbeddingSize = EmbeddingSize,
            Image = new VisionTransformerConfig { Resolution = 32, PatchSize = 8, Transformer = transformer },
            Text = new TextTowerConfig { ContextLength = 77, VocabularySize = tokens.Length, Transformer = transformer },
        };
        manual_seed(7).Dispose();
        using var network = new DualEncoder(config);
        network.Export(Folder, WeightLayout.Native);

        var path = System.IO.Path.Combine(Folder, "open_clip_config.json");
        var json = JsonNode.Parse(File.ReadAllText(path))!;
        json["preprocess_cfg"] = JsonNode.Parse("""{"mean": [0.48145466, 0.4578275, 0.40821073], "std": [0.26862954, 0.26130258, 0.27577711]}""");
        File.WriteAllText(path, json.ToJsonString());
        File.WriteAllText(
            System.IO.Path.Combine(Folder, "vocab.json"),
            new JsonObject(tokens.Select((token, id) => KeyValuePair.Create(token, (JsonNode?)id))).ToJsonString());
        File.WriteAllText(System.IO.Path.Combine(Folder, "merges.txt"), "#version: 0.2\nc a\nca t</w>\n");
    }

    /// <summary>The folder.</summary>
    public string Folder => _folder.Path;

    public void Dispose() => _folder.Dispose();

    // Printable characters stand for themselves; the others follow from 256 on.
    private static string[] ByteCharacters()
    {
        int[] printable = [.. Enumerable.Range('!', 94), .. Enumerable.Range(0xA1, 12), .. Enumerable.Range(0xAE, 82)];
        var others = Enumerable.Range(0, 256).Except(printable).Select((_, index) => 256 + index);
        return [.. printable.Concat(others).Select(code => ((char)code).ToString())];
    }
}
