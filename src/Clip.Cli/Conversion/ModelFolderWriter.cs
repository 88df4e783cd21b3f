using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Clip.Models;
using Clip.Preprocessing;
using Clip.Shared;

namespace Clip.Cli.Conversion;

/// <summary>Writes a model as a complete folder: weights, config, preprocessing, vocabulary.</summary>
/// <param name="source">The folder or file that was loaded; null for a model that was not, whose preprocessing and vocabulary are stated.</param>
/// <param name="note">Told what the folder could not be given.</param>
internal sealed class ModelFolderWriter(CheckpointFolder? source, Action<string> note)
{
    private const string OpenClipConfig = "open_clip_config.json";
    private const string HuggingFacePreprocessing = "preprocessor_config.json";

    // What tokenizers of both libraries read.
    private static readonly string[] VocabularyNames =
    [
        "vocab.json", "merges.txt", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
        "spiece.model", "sentencepiece.bpe.model", "tokenizer.model", "vocab.txt", "r50k_base.tiktoken", "bpe_simple_vocab_16e6.txt.gz",
    ];

    /// <summary>Writes all files into an existing, empty folder.</summary>
    /// <param name="network">The model.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="layout">Whose names.</param>
    /// <param name="dtype">Dtype of the weights; null to keep each weight's own.</param>
    /// <param name="shardBytes">The size above which the weights are split.</param>
    /// <param name="stated">The preprocessing on the command line; null to take what lies beside the weights.</param>
    /// <param name="vocabulary">The folder or file of the vocabulary on the command line; null to take what lies beside the weights.</param>
    public void Write(DualEncoder network, string folder, WeightLayout layout, ScalarType? dtype, long shardBytes, PreprocessingConfig? stated, string? vocabulary)
    {
        network.Export(folder, layout, dtype, shardBytes);
        WritePreprocessing(folder, layout, network.Config.Image.UsualPreprocessing == UsualPreprocessing.SigLip, stated ?? ReadPreprocessing());
        if (layout == WeightLayout.Native)
            CarryTokenizerSettings(folder);
        CopyVocabulary(folder, vocabulary);
    }

    private PreprocessingConfig? ReadPreprocessing()
    {
        if (source?.Config is null)
            return null;
        if (Path.GetFileName(source.Config) != OpenClipConfig)
        {
            var beside = PreprocessingConfig.FindHuggingFaceFile(Path.GetDirectoryName(Path.GetFullPath(source.Config))!);
            return beside is null ? null : PreprocessingConfig.Read(beside);
        }
        return ReadObject(source.Config).ContainsKey("preprocess_cfg") ? PreprocessingConfig.Read(source.Config) : null;
    }

    private void WritePreprocessing(string folder, WeightLayout layout, bool isSigLip, PreprocessingConfig? preprocessing)
    {
        if (preprocessing is null)
        {
            note("The source does not say how images are prepared, so the result does not either. --preprocessing states it.");
            return;
        }
        var path = Path.Combine(folder, layout == WeightLayout.Native ? OpenClipConfig : HuggingFacePreprocessing);
        if (layout == WeightLayout.Native)
        {
            var config = ReadObject(path);
            config["preprocess_cfg"] = PreprocessingWriter.WriteOpenClip(preprocessing);
            WriteObject(path, config);
        }
        else if (PreprocessingWriter.WriteHuggingFace(preprocessing, isSigLip) is { } written)
        {
            WriteObject(path, written);
        }
        else
        {
            note($"Hugging Face's processors have no words for how images are prepared ({preprocessing.ResizeMode} to {preprocessing.Resolution}), so there is no {HuggingFacePreprocessing}.");
            return;
        }
        var differences = PreprocessingWriter.Differences(preprocessing, PreprocessingConfig.Read(path));
        if (differences.Count > 0)
            note($"{Path.GetFileName(path)} cannot say all of the source's preprocessing: with it, {string.Join("; ", differences)}.");
    }

    // Which tokenizer, and how it cleans: the architecture's own config does not hold it.
    private void CarryTokenizerSettings(string folder)
    {
        if (source?.Config is null || Path.GetFileName(source.Config) != OpenClipConfig)
            return;
        var model = ReadObject(source.Config)["model_cfg"] as JsonObject;
        var path = Path.Combine(folder, OpenClipConfig);
        var written = ReadObject(path);
        foreach (var key in (string[])["hf_tokenizer_name", "tokenizer_kwargs", "tokenizer_type", "tokenizer_mode"])
        {
            if (model?["text_cfg"]?[key] is { } value)
                written["model_cfg"]!["text_cfg"]![key] = value.DeepClone();
        }
        WriteObject(path, written);
    }

    private void CopyVocabulary(string folder, string? stated)
    {
        var from = stated ?? (source is null ? null : Path.GetDirectoryName(Path.GetFullPath(source.Weights))!);
        var files = from is null ? [] : File.Exists(from) ? [from] : VocabularyNames.Select(name => Path.Combine(from, name)).Where(File.Exists).ToArray();
        foreach (var file in files)
        {
            RegularFile.Require(file);
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }
        if (files.Length == 0)
            note("There is no vocabulary beside the weights, so the result has none. --vocabulary states where it is.");
    }

    private static JsonObject ReadObject(string path)
    {
        try
        {
            return JsonNode.Parse(RegularFile.ReadAllBytes(path)) as JsonObject ?? throw new FailureException($"'{path}' is not a JSON object.");
        }
        catch (JsonException e)
        {
            throw new FailureException($"'{path}' is not JSON: {e.Message}", e);
        }
    }

    private static void WriteObject(string path, JsonObject value) =>
        File.WriteAllText(path, value.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n", new UTF8Encoding(false));
}
