using Clip.Kernels;

namespace Clip.Models;

public sealed partial class DualEncoder
{
    private bool _isTakenOver;

    /// <summary>
    /// Brings the weights into the form that computes fastest on this machine's CPU, in an encoder that owns them from then on. Embeddings
    /// stay the same but for rounding, and carry no gradients.
    /// </summary>
    /// <param name="quantization">
    /// Whether linear layers of the transformers are also rounded to fewer bits, which moves embeddings a little:
    /// <see cref="WeightQuantization.Int8"/> says how far. What was asked for is done or refused, never left out in silence.
    /// </param>
    /// <returns>The encoder, which the caller disposes. On other devices, in float64 and where there are no kernels for the processor, it computes as this model does.</returns>
    /// <remarks>
    /// The model is spent: it refuses all further use, and its disposal does nothing. Weights are taken over layer by layer, so that they are never
    /// in memory twice; for that reason the model also refuses all further use where packing fails after it has begun, as without enough
    /// memory. It has to be in evaluation mode, as <see cref="Load"/> leaves it.
    /// </remarks>
    /// <exception cref="InvalidOperationException">The model is in training mode, or this has been called before.</exception>
    /// <exception cref="NotSupportedException">
    /// The quantization needs a transformer as image tower and float32 weights on a CPU. The model stays as it was.
    /// </exception>
    public PackedDualEncoder PackForInference(WeightQuantization quantization = WeightQuantization.None) => PackTowers(Towers.Both, quantization);

    /// <summary>Packs some of the towers; the others are gone then.</summary>
    internal PackedDualEncoder PackTowers(Towers towers, WeightQuantization quantization)
    {
        if (!Enum.IsDefined(quantization))
            throw new ArgumentOutOfRangeException(nameof(quantization), quantization, "There is no such quantization.");
        using var pass = _gate.Enter();
        if (training)
            throw new InvalidOperationException("Weights are packed for evaluation; call eval() before.");
        if (quantization != WeightQuantization.None)
            RequireQuantizable(quantization, towers);

        var imageKernels = FindKernels(_image.DType, quantization);
        var textKernels = FindKernels(_text.DType, quantization);
        if (!towers.HasFlag(Towers.Image))
            DisposeLayers(_image);
        if (!towers.HasFlag(Towers.Text))
            DisposeLayers(_text);
        return imageKernels is null || textKernels is null ? TakeOver(towers) : Pack(imageKernels, textKernels, quantization, towers);
    }

    /// <summary>The logarithm of the logit scale and the logit bias, for the encoder that has taken the weights over.</summary>
    internal (Tensor LogScale, Tensor? Bias) Logits => (_logLogitScale, _logitBias);

    /// <summary>Disposes what is left of a model whose weights have been taken over.</summary>
    internal void DisposeRest()
    {
        _isTakenOver = false;
        Dispose();
    }

    // The modules compute.
    private PackedDualEncoder TakeOver(Towers towers)
    {
        var gate = new PassGate(typeof(PackedDualEncoder));
        Retire();
        return new PackedDualEncoder(
            this, gate,
            towers.HasFlag(Towers.Image) ? _image.Behind(gate) : new MissingImageEncoder(Config.Image),
            towers.HasFlag(Towers.Text) ? _text.Behind(gate) : new MissingTextEncoder(Config.Text),
            WeightQuantization.None, usesKernels: false);
    }

    private PackedDualEncoder Pack(KernelBackend imageKernels, KernelBackend textKernels, WeightQuantization quantization, Towers towers)
    {
        PackedImageTower? image = null;
        PackedTextTower? text = null;
        try
        {
            var gate = new PassGate(typeof(PackedDualEncoder));
            image = towers.HasFlag(Towers.Image) ? _image.Pack(imageKernels, gate) : null;
            // Captions are written from the keys and values of the text tower's modules.
            text = towers.HasFlag(Towers.Text) && _captionDecoder is null ? _text.Pack(textKernels, gate) : null;
            Retire();
            return new PackedDualEncoder(
                this, gate,
                image is null ? new MissingImageEncoder(Config.Image) : image,
                text is not null ? text : towers.HasFlag(Towers.Text) ? _text.Behind(gate) : new MissingTextEncoder(Config.Text),
                quantization, usesKernels: true);
        }
        catch (Exception e)
        {
            image?.Dispose();
            text?.Dispose();
            _gate.Retire(
                "Packing the weights for inference has failed half-way, which left some of them without their values; "
                + $"load the model again. ({e.Message})",
                e);
            throw;
        }
    }

    // The tower itself would close the gate of both.
    private static void DisposeLayers(nn.Module tower)
    {
        foreach (var layer in tower.children())
            layer.Dispose();
    }

    private void Retire()
    {
        _gate.Retire($"The encoder that {nameof(PackForInference)} returned has taken the weights over: use that, or load the model again.");
        _isTakenOver = true;
    }

    private void RequireQuantizable(WeightQuantization quantization, Towers towers)
    {
        if (towers.HasFlag(Towers.Image) && _image.WhyNotQuantizable is { } reason)
            throw new NotSupportedException(reason);
        if (_captionDecoder is not null)
            throw new NotSupportedException("A caption decoder and the text tower that it reads have no kernels for quantized weights: leave the weights unquantized.");
        if (_logLogitScale.device_type != DeviceType.CPU)
        {
            throw new NotSupportedException(
                $"Linear layers in {quantization} run on CPUs, and the model is on {_logLogitScale.device}: load it on the CPU, or leave the weights unquantized.");
        }
    }

    private KernelBackend? FindKernels(ScalarType dtype, WeightQuantization quantization)
    {
        if (_logLogitScale.device_type != DeviceType.CPU)
            return null;
        var kernels = KernelBackend.Find(dtype, quantization.ToKernels(), out var whyNot);
        if (kernels is null && quantization != WeightQuantization.None)
        {
            throw new NotSupportedException(
                $"The weights cannot be packed in {quantization}: {whyNot}. Load the model in float32, or leave the weights unquantized.");
        }
        return kernels;
    }
}
