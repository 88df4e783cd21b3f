namespace Clip.Models;

/// <summary>A dual encoder whose weights have the form that computes fastest on this machine, for inference alone.</summary>
/// <remarks><see cref="DualEncoder.PackForInference"/> makes it.</remarks>
public sealed class PackedDualEncoder : IDualEncoder, ICaptioner
{
    private readonly DualEncoder _rest;
    private readonly PassGate _gate;
    private bool _isDisposed;

    internal PackedDualEncoder(
        DualEncoder rest, PassGate gate, IImageEncoder image, ITextEncoder text, WeightQuantization quantization, bool usesKernels)
    {
        _rest = rest;
        _gate = gate;
        _gate.Owner = this;
        Image = image;
        Text = text;
        Quantization = quantization;
        UsesKernels = usesKernels;
    }

    /// <inheritdoc/>
    public DualEncoderConfig Config => _rest.Config;

    /// <inheritdoc/>
    public IImageEncoder Image { get; }

    /// <inheritdoc/>
    public ITextEncoder Text { get; }

    /// <summary>The format of the weights of linear layers.</summary>
    public WeightQuantization Quantization { get; }

    /// <summary>Whether kernels compute; false on other devices than CPUs, in float64, and where there are none for the processor.</summary>
    public bool UsesKernels { get; }

    /// <inheritdoc/>
    public Tensor EncodeImages(Tensor pixels, bool normalize = false) => Similarity.Encode(Image.GetEmbeddings, pixels, normalize);

    /// <inheritdoc/>
    public Tensor EncodeTexts(Tensor tokens, bool normalize = false) => Similarity.Encode(Text.GetEmbeddings, tokens, normalize);

    /// <inheritdoc/>
    public Tensor GetLogits(Tensor images, Tensor texts)
    {
        using var pass = _gate.Enter();
        using var noGradients = no_grad();
        return Similarity.GetLogits(images, texts, _rest.Logits.LogScale, _rest.Logits.Bias);
    }

    /// <inheritdoc/>
    public Tensor GetLogitScale()
    {
        using var pass = _gate.Enter();
        using var noGradients = no_grad();
        return _rest.Logits.LogScale.exp();
    }

    /// <inheritdoc/>
    public Tensor? GetLogitBias()
    {
        using var pass = _gate.Enter();
        return _rest.Logits.Bias?.detach();
    }

    /// <inheritdoc/>
    public bool CanCaption => _rest.CanCaption && Image is not MissingImageEncoder && Text is not MissingTextEncoder;

    /// <inheritdoc/>
    public IReadOnlyList<long[]> GenerateCaptions(
        Tensor pixels, CaptionSearch? search = null, IReadOnlyList<long>? prompt = null, CancellationToken cancellationToken = default)
    {
        using var pass = _gate.Enter();
        return _rest.GenerateCaptions(Image, pixels, search, prompt, cancellationToken);
    }

    /// <summary>Releases the weights, after the passes that are running.</summary>
    /// <exception cref="InvalidOperationException">It is called inside of a pass, whose end it would wait for.</exception>
    public void Dispose()
    {
        _gate.Close();
        if (_isDisposed)
            return;
        _isDisposed = true;
        (Image as PackedImageTower)?.Dispose();
        (Text as PackedTextTower)?.Dispose();
        _rest.DisposeRest();
    }
}
