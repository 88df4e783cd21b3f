namespace Clip.Models;

/// <summary>Sizes and choices of a text encoder of Hugging Face's library; its kind is its type.</summary>
public abstract record HuggingFaceTextEncoderConfig
{
    private protected HuggingFaceTextEncoderConfig()
    {
    }

    /// <summary>The id of padding.</summary>
    public required int PaddingId { get; init; }

    /// <summary>Channels per token.</summary>
    public abstract int Width { get; }

    /// <summary>Number of blocks.</summary>
    public abstract int Layers { get; }

    /// <summary>The nonlinearity of the MLPs.</summary>
    public abstract Activation Activation { get; }

    /// <summary>The most tokens that have a position; null where there is no limit.</summary>
    internal virtual int? LongestText => null;

    /// <summary>Rows of the table of positions; 0 where there is none.</summary>
    internal virtual int PositionRows => 0;

    /// <summary>All that is particular to this kind of encoder.</summary>
    internal abstract HuggingFaceTextKind Kind { get; }

    internal virtual void Validate(ConfigCheck check, TextTowerConfig tower)
    {
        check.InRange(PaddingId, 0, tower.VocabularySize - 1);
        check.That(
            LongestText is null || tower.ContextLength <= LongestText,
            nameof(TextTowerConfig.ContextLength),
            $"there are positions for {LongestText} tokens, but texts may have {tower.ContextLength}");
    }
}
