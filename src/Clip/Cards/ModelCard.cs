using Clip.Models;
using Clip.Preprocessing;

namespace Clip;

/// <summary>What belongs to one set of weights: architecture, preprocessing, tokenizer, and where all of it comes from.</summary>
public sealed record ModelCard
{
    /// <summary>What the caller asked for: a name, a repository, a folder or a file.</summary>
    public required string Source { get; init; }

    /// <summary>The commit of the Hub's repository; null for local files.</summary>
    public string? Revision { get; init; }

    /// <summary>The full path of the weights, or of the index of their shards.</summary>
    public required string WeightsPath { get; init; }

    /// <summary>The full path of the config that lies beside them; null for weights alone.</summary>
    public string? ConfigPath { get; init; }

    /// <summary>Which published model the weights are, where their name, their repository or their hash says so.</summary>
    public KnownModel? Known { get; init; }

    /// <summary>What that model is called: OpenAI's as OpenAI calls them, such as "ViT-B/32", others by name and tag; null for other weights.</summary>
    public string? KnownName { get; init; }

    /// <summary>The config of the catalog, where none lies beside the weights and the catalog's was taken; else null.</summary>
    internal string? CatalogConfig { get; init; }

    /// <summary>The architecture; activation, pooling and context length are among its values.</summary>
    public required DualEncoderConfig Config { get; init; }

    /// <summary>How images become pixels.</summary>
    public required PreprocessingConfig Preprocessing { get; init; }

    /// <summary>The folder or file the vocabulary was read from; null for a model without a tokenizer.</summary>
    public string? VocabularyPath { get; init; }

    /// <summary>Why the model has no tokenizer and what to do about it; null when it has one.</summary>
    public string? TokenizerProblem { get; init; }

    /// <summary>A name for people: the known name, else the last part of the source.</summary>
    public string Name => KnownName ?? Path.GetFileNameWithoutExtension(Source.TrimEnd('/', '\\')) switch
    {
        "" => Source,
        var name => name,
    };
}
