namespace Clip.Models;

/// <summary>Interpolates position embeddings for another resolution or context length.</summary>
/// <remarks>Source: open_clip, resize_pos_embed and resize_text_pos_embed; Dosovitskiy et al. 2020, section 3.2.</remarks>
internal static class PositionResizer
{
    /// <summary>The name of position embeddings in every tower.</summary>
    public const string Parameter = "positional_embedding";

    /// <summary>Bicubic with antialiasing over the grid of patches; class tokens stay as they are.</summary>
    /// <param name="positions">[classTokens + grid, W].</param>
    /// <param name="classTokens">Rows before the grid.</param>
    /// <param name="from">The grid they were trained for.</param>
    /// <param name="to">The grid they are wanted for.</param>
    /// <returns>[classTokens + new grid, W].</returns>
    public static Tensor ResizeImage(Tensor positions, int classTokens, ImageSize from, ImageSize to) =>
        Resize(positions, classTokens, from, to, InterpolationMode.Bicubic, antialias: true);

    /// <summary>Bilinear without antialiasing, as Meta's Perception Encoders do (facebookresearch/perception_models, core/vision_encoder/pe.py).</summary>
    public static Tensor ResizeBilinear(Tensor positions, int classTokens, ImageSize from, ImageSize to) =>
        Resize(positions, classTokens, from, to, InterpolationMode.Bilinear, antialias: false);

    private static Tensor Resize(Tensor positions, int classTokens, ImageSize from, ImageSize to, InterpolationMode mode, bool antialias)
    {
        using var scope = NewDisposeScope();
        var width = positions.shape[1];
        var grid = positions.narrow(0, classTokens, positions.shape[0] - classTokens)
            .view(1, from.Height, from.Width, width).permute(0, 3, 1, 2);                            // [1, W, h, w]
        var resized = nn.functional.interpolate(
            grid, [to.Height, to.Width], mode: mode, align_corners: false, antialias: antialias);
        var rows = resized.permute(0, 2, 3, 1).reshape(to.Height * to.Width, width);                 // [h' w', W]
        return cat([positions.narrow(0, 0, classTokens), rows], dim: 0).MoveToOuterDisposeScope();
    }

    /// <summary>Linear over the places of a text.</summary>
    /// <param name="positions">[L, W].</param>
    /// <param name="length">Places wanted.</param>
    /// <returns>[length, W].</returns>
    public static Tensor ResizeText(Tensor positions, int length)
    {
        using var scope = NewDisposeScope();
        var resized = nn.functional.interpolate(
            positions.t().unsqueeze(0), [length], mode: InterpolationMode.Linear, align_corners: false);   // [1, W, L']
        return resized.squeeze(0).t().contiguous().MoveToOuterDisposeScope();
    }
}
