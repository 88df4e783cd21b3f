namespace Clip.Models;

public sealed partial class DualEncoder
{
    /// <inheritdoc/>
    public bool CanCaption => _captionDecoder is not null && _text.Captions is ICaptionTexts;

    /// <summary>The id of padding in texts, which is no token to be predicted.</summary>
    /// <exception cref="NotSupportedException">The model does not write captions.</exception>
    public int CaptionPaddingId
    {
        get
        {
            RequireDecoder();
            return RequireWriter().PaddingId;
        }
    }

    /// <summary>Embeds pairs and predicts the texts' tokens from the images, in one pass, for contrastive and captioning losses.</summary>
    /// <param name="pixels">Normalized pixels [N, 3, H, W].</param>
    /// <param name="tokens">Token ids [N, L], padded after the end token.</param>
    /// <returns>Embeddings of both, and logits; the logits at token i are for token i + 1.</returns>
    /// <remarks>
    /// Where the text tower is no causal one, as in coca_roberta-ViT-B-32, each prediction knows the whole text, the predicted token too.
    /// Source: Yu et al. 2022, "CoCa", section 3.2.
    /// </remarks>
    /// <exception cref="NotSupportedException">The model has no caption decoder.</exception>
    /// <exception cref="ArgumentException">The images or tokens have another shape or dtype.</exception>
    public CaptionOutputs EncodeWithCaptions(Tensor pixels, Tensor tokens)
    {
        var decoder = RequireDecoder();
        using var pass = _gate.Enter();
        _image.RequirePixels(pixels);
        TokenCheck.Require(tokens, Config.Text);
        if (tokens.shape[1] > Config.CaptionDecoder!.ContextLength)
        {
            throw new ArgumentException(
                $"The caption decoder reads texts of at most {Config.CaptionDecoder.ContextLength} tokens, but these have {tokens.shape[1]}.", nameof(tokens));
        }
        using var scope = NewDisposeScope();
        var reference = _image.Reference;
        var encoded = _image.Encode(pixels.to(reference.dtype, reference.device));
        var images = _image.Project(_image.Pool(encoded));
        var (read, features) = _text.Captions!.Encode(TokenCopy.ToDevice(tokens, reference.device));
        var texts = _text.Project(features);
        var logits = decoder.call(WithoutFirst(_image.FinishTokens(encoded)), read);
        return new CaptionOutputs(images.MoveToOuterDisposeScope(), texts.MoveToOuterDisposeScope(), logits.MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public IReadOnlyList<long[]> GenerateCaptions(
        Tensor pixels, CaptionSearch? search = null, IReadOnlyList<long>? prompt = null, CancellationToken cancellationToken = default)
    {
        RequireDecoder();
        RequireWriter();
        using var pass = _gate.Enter();
        return GenerateCaptions(_image, pixels, search, prompt, cancellationToken);
    }

    /// <summary>Writes captions of what an image tower sees, that has taken this model's over or is it.</summary>
    internal IReadOnlyList<long[]> GenerateCaptions(
        IImageEncoder images, Tensor pixels, CaptionSearch? search, IReadOnlyList<long>? prompt, CancellationToken cancellationToken)
    {
        var (decoder, texts) = (RequireDecoder(), RequireWriter());
        search ??= new CaptionSearch();
        search.Validate(Config);
        var begin = RequirePrompt(prompt ?? [search.StartTokenId], search);

        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var tokens = WithoutFirst(images.GetTokens(pixels)).to(_text.Reference.dtype, _text.Reference.device);
        if (tokens.shape[0] == 0)
            return [];
        using var state = new CaptionState(texts, decoder, Config.CaptionDecoder!.Transformer.Layers, tokens);
        var writer = new CaptionWriter(state, search, texts.PaddingId, tokens.device);
        return writer.Write([.. Enumerable.Repeat(begin, (int)tokens.shape[0])], cancellationToken);
    }

    private CaptionDecoder RequireDecoder() => _captionDecoder ?? throw new NotSupportedException(
        "The model has no decoder, which alone writes captions: load a CoCa, such as coca_ViT-L-14.");

    // Behind each token that it writes, the tower would see the others anew.
    private ICaptionTexts RequireWriter() => _text.Captions as ICaptionTexts ?? throw new NotSupportedException(
        "The text tower is not causal: its tokens depend on those behind them, so that no caption can be written token by token. open_clip cannot write "
        + "captions with it either; load a CoCa with CLIP's text tower, such as coca_ViT-L-14.");

    private long[] RequirePrompt(IReadOnlyList<long> prompt, CaptionSearch search)
    {
        if (prompt.Count == 0 || prompt.Count >= search.MaxLength)
            throw new ArgumentException($"A prompt must have from 1 to {search.MaxLength - 1} tokens but has {prompt.Count}.", nameof(prompt));
        foreach (var id in prompt)
        {
            if (id < 0 || id >= Config.Text.VocabularySize)
                throw new ArgumentException($"The prompt's id {id} is not from 0 to {Config.Text.VocabularySize - 1}.", nameof(prompt));
        }
        return [.. prompt];
    }

    // The first stands for the whole image; the decoder looks at the others.
    private static Tensor WithoutFirst(Tensor tokens) => tokens.narrow(1, 1, tokens.shape[1] - 1);
}
