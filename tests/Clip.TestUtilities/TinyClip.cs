using System.Text;
using System.Text.Json.Nodes;
using Clip.Models;

namespace Clip.TestUtilities;

/// <summary>A complete model of a few hundred kilobytes with random weights: open_clip's layout, preprocessing and a vocabulary of single letters.</summary>
public static class TinyClip
{
    /// <summary>Side of its images, in pixels.</summary>
    public const int Resolution = 32;

    /// <summary>Tokens of a text, start and end included.</summary>
    public const int ContextLength = 24;

    /// <summary>Channels of its embeddings.</summary>
    public const int EmbeddingSize = 48;

    private static readonly string[] Merges = ["t h", "a n", "th e</w>", "a</w> a</w>", "p h", "ph o"];

    /// <summary>Its architecture.</summary>
    public static DualEncoderConfig Config { get; } = new()
    {
        EmbeddingSize = EmbeddingSize,
        Image = new VisionTransformerConfig { Resolution = Resolution, PatchSize = 8, Transformer = Transformer() },
        Text = new ClipTextConfig { ContextLength = ContextLength, VocabularySize = 512 + 6 + 2, Transformer = Transformer() },
    };

    /// <summary>The same with a decoder for captions.</summary>
    public static DualEncoderConfig CoCa { get; } = Config with
    {
        EmbeddingSize = 64,
        Text = Config.ClipText() with { ClassToken = true },
        CaptionDecoder = new CaptionDecoderConfig { ContextLength = ContextLength, Transformer = Transformer() },
    };

    /// <summary>The text tower of a config that has CLIP's.</summary>
    public static ClipTextConfig ClipText(this DualEncoderConfig config) => (ClipTextConfig)config.Text;

    /// <summary>Writes the model's folder.</summary>
    /// <param name="folder">The folder, made where it does not exist.</param>
    /// <param name="seed">Decides about the weights.</param>
    /// <param name="config">Another architecture with the same vocabulary; null for <see cref="Config"/>.</param>
    /// <returns>The folder.</returns>
    public static string Write(string folder, long seed = 0, DualEncoderConfig? config = null)
    {
        Runtime.TorchLibraries.EnsureLoaded();
        manual_seed(seed);
        using (var network = new DualEncoder(config ?? Config))
        {
            network.eval();
            network.Export(folder, WeightLayout.Native);
        }
        AddPreprocessing(Path.Combine(folder, "open_clip_config.json"));
        WriteVocabulary(folder);
        return folder;
    }

    /// <summary>Writes vocab.json and merges.txt: 256 bytes, the same at the end of a word, six merges, start and end.</summary>
    /// <param name="folder">An existing folder.</param>
    public static void WriteVocabulary(string folder)
    {
        var bytes = ByteCharacters();
        string[] tokens =
        [
            .. bytes, .. bytes.Select(character => character + "</w>"), .. Merges.Select(merge => merge.Replace(" ", "")),
            "<|startoftext|>", "<|endoftext|>",
        ];
        var ids = new JsonObject(tokens.Select((token, id) => KeyValuePair.Create(token, (JsonNode?)id)));
        File.WriteAllText(Path.Combine(folder, "vocab.json"), ids.ToJsonString());
        File.WriteAllText(Path.Combine(folder, "merges.txt"), "#version: 0.2\n" + string.Join('\n', Merges) + "\n");
    }

    private static TransformerConfig Transformer() => new() { Width = 64, Layers = 2, Heads = 1, MlpWidth = 128, Activation = Activation.QuickGelu };

    private static void AddPreprocessing(string path)
    {
        var file = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        file["preprocess_cfg"] = JsonNode.Parse(
            """
            {
              "mean": [0.48145466, 0.4578275, 0.40821073], "std": [0.26862954, 0.26130258, 0.27577711],
              "interpolation": "bicubic", "resize_mode": "shortest"
            }
            """);
        File.WriteAllText(path, file.ToJsonString());
    }

    // Printable bytes stand for themselves, the others for the characters from 256 on (Radford et al. 2019, section 2.2).
    private static string[] ByteCharacters()
    {
        var characters = new string[256];
        var next = 256;
        for (var value = 0; value < 256; value++)
        {
            var isPrintable = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            characters[value] = new Rune(isPrintable ? value : next++).ToString();
        }
        // In the vocabulary's order the printable ones come first.
        return [.. characters.Where(character => character[0] < 256), .. characters.Where(character => character[0] >= 256)];
    }
}
