namespace Clip.Models;

/// <summary>Stands where a text tower was not loaded, and refuses to compute.</summary>
/// <param name="config">The sizes it would have.</param>
internal sealed class MissingTextEncoder(TextTowerConfig config) : ITextEncoder
{
    /// <inheritdoc/>
    public TextTowerConfig Config => config;

    /// <inheritdoc/>
    public int PreferredTokens => 1;

    /// <inheritdoc/>
    public Tensor GetEmbeddings(Tensor tokens) => throw Refusal();

    /// <inheritdoc/>
    public Tensor GetFeatures(Tensor tokens) => throw Refusal();

    /// <inheritdoc/>
    public Tensor GetTokens(Tensor tokens) => throw Refusal();

    private static InvalidOperationException Refusal() =>
        new($"The model was loaded without its text tower: load it with {nameof(LoadOptions.Towers)} as {nameof(Towers.Text)} or {nameof(Towers.Both)}.");
}
