namespace Clip.Models;

/// <summary>The architecture of an image tower and a text tower that share one embedding space.</summary>
/// <remarks>Immutable and compared by value; make variations with <c>with</c>. Presets are in <see cref="Presets"/>.</remarks>
public sealed partial record DualEncoderConfig
{
    /// <summary>Channels of an embedding.</summary>
    public required int EmbeddingSize { get; init; }

    /// <summary>The image tower; its kind is its type.</summary>
    public required ImageTowerConfig Image { get; init; }

    /// <summary>The text tower.</summary>
    public required TextTowerConfig Text { get; init; }

    /// <summary>A decoder that writes captions of images, as in CoCa; null for models without.</summary>
    public CaptionDecoderConfig? CaptionDecoder { get; init; }

    /// <summary>
    /// The natural logarithm of the logit scale of a fresh model; ln(1/0.07) in CLIP (Radford et al. 2021, section 2.5).
    /// </summary>
    public double InitialLogitScale { get; init; } = Math.Log(1 / 0.07);

    /// <summary>What is added to every logit of a fresh model, as in SigLIP; null for models without such a bias.</summary>
    public double? InitialLogitBias { get; init; }

    /// <summary>Reads the config file that lies beside published weights.</summary>
    /// <param name="path">open_clip_config.json or one of open_clip's model configs; or the config.json of a Hugging Face CLIPModel or SiglipModel.</param>
    /// <param name="ignoreUnknown">Whether settings that are not known here are passed over rather than refused.</param>
    /// <exception cref="Checkpoints.CheckpointException">The file is broken, unsupported or names an unknown setting; the message says which.</exception>
    public static DualEncoderConfig Read(string path, bool ignoreUnknown = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return ConfigFile.Read(path, ignoreUnknown);
    }

    /// <summary>Reads from memory what <see cref="Read"/> reads from a file.</summary>
    /// <param name="json">The config's UTF-8 text.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="ignoreUnknown">Whether settings that are not known here are passed over rather than refused.</param>
    /// <exception cref="Checkpoints.CheckpointException">The config is broken, unsupported or names an unknown setting; the message says which.</exception>
    public static DualEncoderConfig Parse(ReadOnlyMemory<byte> json, string name = "(json)", bool ignoreUnknown = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return ConfigFile.Parse(json, name, ignoreUnknown);
    }

    /// <summary>Recognizes a published model by the names and shapes of its weights, where these say all of its config: Apple's MobileCLIP.</summary>
    /// <param name="weights">A file of weights without a config.</param>
    /// <returns>The config; null where the weights are none of these.</returns>
    /// <exception cref="Checkpoints.CheckpointException">The file is broken or unsupported.</exception>
    public static DualEncoderConfig? TryRecognize(string weights)
    {
        ArgumentException.ThrowIfNullOrEmpty(weights);
        Runtime.TorchLibraries.EnsureLoaded();
        using var checkpoint = Checkpoints.Checkpoint.Open(weights);
        return ArchitectureInference.TryInferApple(new CheckpointTensors(checkpoint, weightsKey: null));
    }

    /// <summary>Checks all values, also those that depend on each other.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names its path, such as Image.PatchSize.</exception>
    public void Validate()
    {
        var check = new ConfigCheck("");
        check.InRange(EmbeddingSize, 1, ConfigCheck.LargestWidth);
        check.That(double.IsFinite(InitialLogitScale), nameof(InitialLogitScale), "it must be a finite number");
        check.That(InitialLogitBias is null || double.IsFinite(InitialLogitBias.Value), nameof(InitialLogitBias), "it must be a finite number");
        check.That(Image is not null, nameof(Image), "it is missing");
        check.That(Text is not null, nameof(Text), "it is missing");
        Image!.Validate(check.Of(nameof(Image)));
        Text!.Validate(check.Of(nameof(Text)));
        Image.ValidateEmbedding(EmbeddingSize, check);
        Text.ValidateEmbedding(EmbeddingSize, check);
        if (CaptionDecoder is { } decoder)
            Validate(decoder, check);
    }

    private void Validate(CaptionDecoderConfig decoder, ConfigCheck check)
    {
        decoder.Validate(check.Of(nameof(CaptionDecoder)));
        check.That(Text.FeedsDecoder, nameof(Text), "a caption decoder reads a causal text tower with a class token, or one of Hugging Face's library");
        check.That(
            Image.DecoderWidth(EmbeddingSize) is not null, nameof(Image), "a caption decoder looks at the tokens of a vision transformer");
        var width = decoder.Transformer.Width;
        check.That(
            Text.FeatureSize == width && Image.DecoderWidth(EmbeddingSize) == width,
            $"{nameof(CaptionDecoder)}.{nameof(decoder.Transformer)}.{nameof(decoder.Transformer.Width)}",
            $"{width} channels are not those of the text tower's tokens, {Text.FeatureSize}, and of the image tower's, {Image.DecoderWidth(EmbeddingSize)}");
        check.InRange(decoder.ContextLength, 1, Text.ContextLength, $"{nameof(CaptionDecoder)}.{nameof(decoder.ContextLength)}");
    }
}
