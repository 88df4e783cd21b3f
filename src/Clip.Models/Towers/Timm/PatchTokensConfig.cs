namespace Clip.Models;

/// <summary>How the patches of an image become tokens.</summary>
internal sealed record PatchTokensConfig
{
    /// <summary>Side of a patch, in pixels.</summary>
    public required int PatchSize { get; init; }

    /// <summary>Channels of a token.</summary>
    public required int Width { get; init; }

    /// <summary>Patches per column and row.</summary>
    public required ImageSize Grid { get; init; }

    /// <summary>Whether a learned token stands before those of the patches.</summary>
    public bool ClassToken { get; init; } = true;

    /// <summary>Whether tokens have learned positions.</summary>
    public bool HasPositions { get; init; } = true;

    /// <summary>Whether the class token has a position of its own.</summary>
    public bool ClassPosition { get; init; } = true;

    /// <summary>Whether the projection of patches has a bias.</summary>
    public bool Bias { get; init; } = true;

    /// <summary>What a norm of the tokens adds to the variance; null for no norm.</summary>
    public double? NormEpsilon { get; init; }

    /// <summary>Whether two small convolutions come before that into tokens, with batch norms, 8 pixels to one.</summary>
    public bool ConvolutionStem { get; init; }

    /// <summary>Whether the first of those sees a pixel of zeros around the image.</summary>
    public bool PaddedStem { get; init; }

    /// <summary>Tokens of an image.</summary>
    public int Tokens => (Grid.Height * Grid.Width) + (ClassToken ? 1 : 0);

    /// <summary>Places that have a position of their own.</summary>
    public int Positions => (Grid.Height * Grid.Width) + (HasClassPosition ? 1 : 0);

    /// <summary>Whether the first position is the class token's.</summary>
    public bool HasClassPosition => ClassToken && ClassPosition;
}
