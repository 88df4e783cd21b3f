using System.Text.Json.Nodes;

namespace Clip.Tokenization.Tests.Support;

/// <summary>tokenizer.json of a few pieces, for tests to change.</summary>
internal static class TinyTokenizerJson
{
    /// <summary>BPE over characters, with an end token and padding.</summary>
    public static JsonObject BytePairs() => Parse(
        """
        {
          "version": "1.0", "truncation": null, "padding": null,
          "added_tokens": [
            {"id": 0, "content": "<pad>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true},
            {"id": 1, "content": "<end>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true}],
          "normalizer": null, "pre_tokenizer": {"type": "WhitespaceSplit"},
          "post_processor": {"type": "TemplateProcessing",
            "single": [{"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "<end>", "type_id": 0}}], "pair": [],
            "special_tokens": {"<end>": {"id": "<end>", "ids": [1], "tokens": ["<end>"]}}},
          "decoder": null,
          "model": {"type": "BPE", "dropout": null, "unk_token": "<unk>", "continuing_subword_prefix": null, "end_of_word_suffix": null,
            "fuse_unk": true, "byte_fallback": false, "ignore_merges": false,
            "vocab": {"<pad>": 0, "<end>": 1, "<unk>": 2, "a": 3, "b": 4, "c": 5, "ab": 6, "aa": 7, "aaaa": 8, "abc": 9},
            "merges": [["a", "b"], ["a", "a"], ["aa", "aa"], ["ab", "c"]]}
        }
        """);

    /// <summary>Unigram with spaces as U+2581.</summary>
    public static JsonObject Unigram() => Parse(
        """
        {
          "added_tokens": [{"id": 0, "content": "<unk>"}, {"id": 1, "content": "</s>"}],
          "normalizer": null, "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true},
          "post_processor": {"type": "TemplateProcessing", "single": [{"Sequence": {"id": "A"}}, {"SpecialToken": {"id": "</s>"}}],
            "special_tokens": {"</s>": {"ids": [1]}}},
          "decoder": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true},
          "model": {"type": "Unigram", "unk_id": 0, "byte_fallback": false,
            "vocab": [["<unk>", 0.0], ["</s>", 0.0], ["▁", -3.0], ["▁cat", -2.0], ["c", -5.0], ["a", -5.0], ["t", -5.0], ["s", -4.0]]}
        }
        """);

    /// <summary>WordPiece in BERT's way.</summary>
    public static JsonObject WordPiece() => Parse(
        """
        {
          "added_tokens": [{"id": 0, "content": "[PAD]"}, {"id": 1, "content": "[UNK]"}, {"id": 2, "content": "[CLS]"}, {"id": 3, "content": "[SEP]"}],
          "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": null, "lowercase": true},
          "pre_tokenizer": {"type": "BertPreTokenizer"},
          "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]},
          "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true},
          "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100,
            "vocab": {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "a": 4, "cafe": 5, "##s": 6, "!": 7, "猫": 8}}
        }
        """);

    /// <summary>RoBERTa's structure over bytes, with one merge.</summary>
    public static JsonObject ByteLevel()
    {
        var vocabulary = new JsonObject { ["<s>"] = 0, ["<pad>"] = 1, ["</s>"] = 2, ["<unk>"] = 3, ["<mask>"] = 4 };
        foreach (var value in Enumerable.Range(0, 256))
            vocabulary[Clip.Tokenization.BytePairs.ByteAlphabet.Characters[value].ToString()] = 5 + value;
        vocabulary["Ġc"] = 261;
        vocabulary["Ġca"] = 262;
        var json = Parse(
            """
            {
              "added_tokens": [{"id": 0, "content": "<s>"}, {"id": 1, "content": "<pad>"}, {"id": 2, "content": "</s>"}, {"id": 3, "content": "<unk>"},
                {"id": 4, "content": "<mask>", "lstrip": true}],
              "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true},
              "post_processor": {"type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 0], "trim_offsets": true, "add_prefix_space": false},
              "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true},
              "model": {"type": "BPE", "unk_token": null, "continuing_subword_prefix": "", "end_of_word_suffix": "", "fuse_unk": false, "merges": ["Ġ c", "Ġc a"]}
            }
            """);
        json["model"]!["vocab"] = vocabulary;
        return json;
    }

    /// <summary>Writes a file and loads it without cleaning.</summary>
    public static PretrainedTokenizer Load(JsonNode json, PretrainedTokenizerOptions? options = null) => Load(json.ToJsonString(), options);

    /// <summary>Writes a text as tokenizer.json and loads it without cleaning.</summary>
    public static PretrainedTokenizer Load(string json, PretrainedTokenizerOptions? options = null)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("tokenizer.json"), json);
        return PretrainedTokenizer.Load(folder.Path, options ?? PretrainedTokenizerOptions.HuggingFace with { PaddingToken = null });
    }

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();
}
