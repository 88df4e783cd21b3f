namespace Clip.Models;

/// <summary>What a config file describes: two towers or one.</summary>
/// <param name="Image">The image tower; null where there is none.</param>
/// <param name="Text">The text tower; null where there is none.</param>
/// <param name="EmbeddingSize">Channels of the embeddings, where there is a projection.</param>
/// <param name="Projection">The tensor without which a tower alone has features as embeddings; null for models that have what they need.</param>
internal sealed record ModelParts(ImageTowerConfig? Image, TextTowerConfig? Text, int EmbeddingSize, string? Projection)
{
    /// <summary>Both towers of a model.</summary>
    public static ModelParts Of(DualEncoderConfig whole) => new(whole.Image, whole.Text, whole.EmbeddingSize, null);

    /// <summary>Checks all values.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names its path.</exception>
    public void Validate()
    {
        var check = new ConfigCheck("");
        check.InRange(EmbeddingSize, 1, ConfigCheck.LargestWidth);
        Image?.Validate(check.Of(nameof(Image)));
        Text?.Validate(check.Of(nameof(Text)));
        Image?.ValidateEmbedding(EmbeddingSize, check);
        Text?.ValidateEmbedding(EmbeddingSize, check);
    }
}
