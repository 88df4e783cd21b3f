using Clip.Checkpoints;

namespace Clip.Models.Tests.Weights;

/// <summary>Resized position embeddings against open_clip's resize_pos_embed and resize_text_pos_embed, recorded in float32.</summary>
public sealed class PositionResizerTests
{
    [Theory]
    [InlineData(3, 3)]
    [InlineData(5, 5)]
    [InlineData(6, 4)]
    [InlineData(7, 7)]
    [InlineData(8, 8)]
    public void ResizeImage_AnyGrid_EqualsOpenClip(int height, int width)
    {
        using var recorded = Checkpoint.Open(Fixtures.Find("checkpoints", "pos_embed_resize.safetensors"));
        using var scope = NewDisposeScope();
        var expected = recorded.ReadTensor($"image.{height}x{width}");

        var actual = PositionResizer.ResizeImage(recorded.ReadTensor("image.source"), classTokens: 1, new ImageSize(4, 4), new ImageSize(height, width));

        // The interpolation kernels of two libtorch versions differ in the last bits.
        TensorAssert.Close(expected, actual, 2e-6);
    }

    [Theory]
    [InlineData(32)]
    [InlineData(64)]
    [InlineData(77)]
    [InlineData(100)]
    [InlineData(248)]
    public void ResizeText_AnyLength_EqualsOpenClip(int length)
    {
        using var recorded = Checkpoint.Open(Fixtures.Find("checkpoints", "pos_embed_resize.safetensors"));
        using var scope = NewDisposeScope();

        var actual = PositionResizer.ResizeText(recorded.ReadTensor("text.source"), length);

        // Both compute the place in float32: up to 248 places with an error of 2^-24 each.
        TensorAssert.Close(recorded.ReadTensor($"text.{length}"), actual, 1.5e-5);
    }
}
