namespace Clip.Models;

/// <summary>Sizes and choices of open_clip's "modern" text tower: a transformer with rotary positions, RMS norms, gated MLPs and gated attention.</summary>
/// <remarks>Source: open_clip, transformer.py, ModernTextTransformer; defaults are those of its text_cfg.</remarks>
public sealed record ModernTextConfig : TextTowerConfig
{
    /// <summary>Channels per token. A multiple of <see cref="Heads"/>.</summary>
    public required int Width { get; init; }

    /// <summary>Number of blocks.</summary>
    public required int Layers { get; init; }

    /// <summary>Attention heads per block, and of the pooling by attention.</summary>
    public required int Heads { get; init; }

    /// <summary>Hidden channels of the MLPs.</summary>
    public required int MlpWidth { get; init; }

    /// <summary>What the MLPs are.</summary>
    public ModernTextMlpKind Mlp { get; init; }

    /// <summary>The id of padding, which nothing attends to or pools; null where no token is padding.</summary>
    public int? PaddingId { get; init; } = 0;

    /// <summary>The id of the end token; null where texts are not pooled there.</summary>
    public int? EndTokenId { get; init; }

    /// <summary>How the tokens become one vector.</summary>
    public ModernTextPooling Pooling { get; init; }

    /// <summary>Whether tokens see only those before them.</summary>
    public bool Causal { get; init; } = true;

    /// <summary>The base of the rotary positions' frequencies; null for no positions.</summary>
    public double? RotaryBase { get; init; } = 10_000;

    /// <summary>Whether norms take off the mean too: layer norms in place of RMS norms.</summary>
    public bool LayerNorms { get; init; }

    /// <summary>Added to the variance, or the mean square, in every norm.</summary>
    public double NormEpsilon { get; init; } = 1e-6;

    /// <summary>Whether queries and keys are normed, head by head.</summary>
    public bool NormedQueries { get; init; }

    /// <summary>Whether what was attended to is multiplied by a gate of the token, channel by channel.</summary>
    public bool GatedAttention { get; init; }

    /// <summary>Whether the vectors of tokens are normed before the blocks.</summary>
    public bool NormedTokens { get; init; }

    /// <summary>Whether each branch has a norm behind it too.</summary>
    public bool SandwichNorms { get; init; }

    /// <summary>Whether the last matrix of each branch of a fresh tower is zero.</summary>
    public bool ZeroBranches { get; init; }

    /// <summary>Learned tokens before the text, which are not pooled.</summary>
    public int RegisterTokens { get; init; }

    /// <summary>Whether blocks mix their values with those of the first block, by a learned share (Zhou et al. 2024, "Value Residual Learning").</summary>
    public bool ValueResidual { get; init; }

    /// <summary>Whether the linear layers of attention and pooling have biases.</summary>
    public bool AttentionBias { get; init; }

    /// <summary>Whether the attention's gate has a bias.</summary>
    public bool GateBias { get; init; }

    /// <summary>Whether the linear layers of the MLPs have biases.</summary>
    public bool MlpBias { get; init; }

    /// <summary>The initial value of a learned gain per channel on each branch, or null for no such gains.</summary>
    public double? LayerScale { get; init; }

    /// <summary>Whether features are projected into the shared space; otherwise they are the embeddings.</summary>
    public bool Projection { get; init; } = true;

    /// <summary>Whether the projection has a bias.</summary>
    public bool ProjectionBias { get; init; }

    /// <inheritdoc/>
    public override int FeatureSize => Width;

    /// <summary>The nonlinearity of the MLPs; where its output is squared, what it is before that.</summary>
    public override Activation Activation => Mlp switch
    {
        ModernTextMlpKind.SwiGlu => Activation.Silu,
        ModernTextMlpKind.Gelu => Activation.Gelu,
        _ => Activation.Relu,
    };

    /// <inheritdoc/>
    /// <remarks>Padding is hidden from the attention, or lies behind the tokens that could see it, and no pooling takes it.</remarks>
    public override bool TakesShorterTexts => PaddingId is not null;

    /// <inheritdoc/>
    public override TextTowerConfig WithVocabulary(int size, int endTokenId) => this with
    {
        VocabularySize = size,
        EndTokenId = Pooling == ModernTextPooling.FirstEndToken ? endTokenId : EndTokenId,
        // open_clip numbers its control tokens above tiktoken's: end, padding, start.
        PaddingId = Tokenizer == TokenizerKind.Tiktoken ? endTokenId + 1 : PaddingId,
    };

    /// <inheritdoc/>
    public override int CountTokens(ReadOnlySpan<long> tokens) => PaddingId is { } padding ? TextPadding.CountTokens(tokens, padding) : tokens.Length;

    internal override TextFamily Family => ModernTextFamily.Instance;

    // Rotary positions are in no file.
    internal override TextTowerOutline GetOutline(int embeddingSize) => new(0, VocabularySize, Width, Layers, embeddingSize);

    internal override TextTowerConfig WithoutProjection() => this with { Projection = false, ProjectionBias = false };

    internal override void Validate(ConfigCheck check)
    {
        base.Validate(check);
        check.InRange(Width, 1, ConfigCheck.LargestWidth);
        check.InRange(Layers, 1, ConfigCheck.MostLayers);
        check.InRange(Heads, 1, Width);
        check.That(Width % Heads == 0, nameof(Heads), $"a width of {Width} does not divide into {Heads} heads");
        check.InRange(MlpWidth, 1, ConfigCheck.LargestWidth * 4);
        check.IsDefined(Mlp);
        check.IsDefined(Pooling);
        if (PaddingId is { } padding)
            check.InRange(padding, 0, VocabularySize - 1, nameof(PaddingId));
        check.That(
            Pooling != ModernTextPooling.FirstEndToken || EndTokenId is not null, nameof(EndTokenId), "texts are pooled at the end token, which is not stated");
        if (EndTokenId is { } end)
            check.InRange(end, 0, VocabularySize - 1, nameof(EndTokenId));
        if (RotaryBase is { } rotary)
        {
            RotarySequence.Validate(check, Width, Heads);
            check.That(rotary is > 1 and < 1e12, nameof(RotaryBase), $"{rotary} is not between 1 and 1e12");
        }
        check.That(NormEpsilon is > 0 and < 1, nameof(NormEpsilon), $"{NormEpsilon} is not between 0 and 1");
        check.InRange(RegisterTokens, 0, ConfigCheck.LongestContext);
        check.That(LayerScale is null || double.IsFinite(LayerScale.Value), nameof(LayerScale), "it must be a finite number");
        check.That(Projection || !ProjectionBias, nameof(ProjectionBias), "there is no projection");
        check.That(GatedAttention || !GateBias, nameof(GateBias), "there is no gate");
    }

    internal override void ValidateEmbedding(int embeddingSize, ConfigCheck check) => check.That(
        Projection || FeatureSize == embeddingSize,
        nameof(DualEncoderConfig.EmbeddingSize),
        $"text features of {FeatureSize} channels are not projected, but embeddings have {embeddingSize}");
}
