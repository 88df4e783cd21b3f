using Clip.Kernels;

namespace Clip.Models;

public sealed partial class DualEncoder
{
    /// <summary>Whether <see cref="PackForInference"/> has moved the weights into another form.</summary>
    public bool IsPacked { get; private set; }

    /// <summary>In how many bits <see cref="PackForInference"/> has left the weights of linear layers.</summary>
    public WeightQuantization Quantization { get; private set; }

    /// <summary>
    /// Brings the weights into the form that computes fastest on this machine's CPU and releases them in the other. Embeddings stay the
    /// same but for rounding; the model can no longer be trained, copied or exported, and its embeddings carry no gradients.
    /// </summary>
    /// <param name="quantization">
    /// Whether linear layers of the transformers are also rounded to fewer bits, which moves embeddings a little:
    /// <see cref="WeightQuantization.Int8"/> says how far. What was asked for is done or refused, never left out in silence.
    /// </param>
    /// <remarks>
    /// Without quantization, on other devices, in float64, and where there are no kernels for the processor, nothing changes and
    /// <see cref="IsPacked"/> stays false. The model has to be in evaluation mode, as <see cref="Load"/> leaves it. Where it fails after it
    /// has begun, as without enough memory, the model refuses all further use but its disposal: keeping both forms until the end would take
    /// twice the memory.
    /// </remarks>
    /// <exception cref="InvalidOperationException">The model is in training mode, or packed with another quantization, or this has failed before.</exception>
    /// <exception cref="NotSupportedException">
    /// The quantization needs a transformer as image tower and float32 weights on a CPU.
    /// </exception>
    public void PackForInference(WeightQuantization quantization = WeightQuantization.None)
    {
        if (!Enum.IsDefined(quantization))
            throw new ArgumentOutOfRangeException(nameof(quantization), quantization, "There is no such quantization.");
        using var pass = _gate.Enter();
        if (training)
            throw new InvalidOperationException("Weights are packed for evaluation; call eval() before.");
        if (IsPacked && quantization != Quantization)
            throw new InvalidOperationException($"The weights are packed with the quantization {Quantization}; load the model again for {quantization}.");
        if (IsPacked)
            return;

        if (quantization == WeightQuantization.Int8)
            RequireInt8();
        else if (_logLogitScale.device_type != DeviceType.CPU)
            return;
        if (FindKernels(_image.DType, quantization) is not { } imageKernels || FindKernels(_text.DType, quantization) is not { } textKernels)
            return;

        try
        {
            _image.Pack(imageKernels);
            _text.Pack(textKernels);
            foreach (var parameter in parameters())
                parameter.requires_grad = false;
            (IsPacked, Quantization) = (true, quantization);
        }
        catch (Exception e)
        {
            _gate.Break(e);
            throw;
        }
    }

    private void RequireInt8()
    {
        if (_image.WhyNotInt8 is { } reason)
            throw new NotSupportedException(reason);
        if (_logLogitScale.device_type != DeviceType.CPU)
        {
            throw new NotSupportedException(
                $"int8 linear layers run on CPUs, and the model is on {_logLogitScale.device}: load it on the CPU, or leave the weights unquantized.");
        }
    }

    private static KernelBackend? FindKernels(ScalarType dtype, WeightQuantization quantization)
    {
        var kernels = KernelBackend.Find(dtype, quantization.ToKernels(), out var whyNot);
        if (kernels is null && quantization != WeightQuantization.None)
        {
            throw new NotSupportedException(
                $"The weights cannot be packed in {quantization}: {whyNot}. Load the model in float32, or leave the weights unquantized.");
        }
        return kernels;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The weights are packed.</exception>
    public override void train(bool on = true)
    {
        if (on)
        {
            using var pass = _gate.Enter();
            RequirePlainWeights();
        }
        base.train(on);
    }

    // Inside of the gate.
    private void RequirePlainWeights()
    {
        if (IsPacked)
            throw new InvalidOperationException("The weights are packed for inference, which cannot be undone; load the model again for this.");
    }
}
