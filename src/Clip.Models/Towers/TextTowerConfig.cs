namespace Clip.Models;

/// <summary>Sizes and choices of a text tower; its kind is its type.</summary>
public abstract record TextTowerConfig
{
    private protected TextTowerConfig()
    {
    }

    /// <summary>The most tokens per text, start and end included; 77 in OpenAI's models.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Number of tokens in the vocabulary; 49,408 in OpenAI's models.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>The tokenizer whose ids the tower was trained on.</summary>
    public TokenizerKind Tokenizer { get; init; } = TokenizerKind.Clip;

    /// <summary>Channels of the features before the projection into the shared space.</summary>
    public abstract int FeatureSize { get; }

    /// <summary>The nonlinearity of the MLPs. Checkpoints do not record it in their tensors.</summary>
    public abstract Activation Activation { get; }

    /// <summary>Whether texts may be given with fewer tokens than <see cref="ContextLength"/>, because padding changes nothing.</summary>
    public abstract bool TakesShorterTexts { get; }

    /// <summary>The same tower for another vocabulary.</summary>
    /// <param name="size">Number of its tokens.</param>
    /// <param name="endTokenId">The id of its end token.</param>
    public abstract TextTowerConfig WithVocabulary(int size, int endTokenId);

    /// <summary>How many tokens from the first on matter to a text's embedding; what follows changes nothing and may be cut.</summary>
    /// <param name="tokens">Token ids of one text, padded.</param>
    public virtual int CountTokens(ReadOnlySpan<long> tokens) => tokens.Length;

    /// <summary>Whether a caption decoder reads the tokens of such a tower.</summary>
    internal virtual bool FeedsDecoder => false;

    /// <summary>All that is particular to this kind of tower.</summary>
    internal abstract TextFamily Family { get; }

    /// <summary>The sizes that also show in the shapes of the weights.</summary>
    /// <param name="embeddingSize">Channels of the shared space.</param>
    internal abstract TextTowerOutline GetOutline(int embeddingSize);

    /// <summary>The same tower with features as embeddings; null for kinds that have no such form.</summary>
    internal virtual TextTowerConfig? WithoutProjection() => null;

    internal virtual void Validate(ConfigCheck check)
    {
        check.InRange(ContextLength, 1, ConfigCheck.LongestContext);
        check.InRange(VocabularySize, 1, ConfigCheck.LargestVocabulary);
        check.IsDefined(Tokenizer);
    }

    /// <summary>Checks what depends on the shared space too.</summary>
    /// <param name="embeddingSize">Its channels.</param>
    /// <param name="check">The check of the whole config.</param>
    internal virtual void ValidateEmbedding(int embeddingSize, ConfigCheck check)
    {
    }
}
