using Clip.Kernels;
using Clip.Kernels.Contracts;

namespace Clip.Models;

public sealed partial class DualEncoder
{
    private ITrainingKernels? _trainingKernels;

    /// <summary>Whether a parameter of a model is a tower's position embeddings, which weight decay may leave out.</summary>
    /// <param name="parameter">Its name in the model, such as "visual.positional_embedding".</param>
    public static bool IsPositionEmbedding(string parameter) =>
        parameter is $"visual.{PositionResizer.Parameter}" or $"text.{PositionResizer.Parameter}"
            || parameter.Contains(".position_embeddings.", StringComparison.Ordinal) || parameter.Contains(".relative_attention_bias.", StringComparison.Ordinal);

    /// <summary>
    /// Whether the backward pass computes what is inside a transformer block again, rather than the forward pass keeping it:
    /// memory for one block's activations instead of all, for a third more time. Gradients are the same but for rounding.
    /// </summary>
    /// <remarks>A ResNet tower keeps the outputs of all its stages. Without gradients it changes nothing.</remarks>
    public bool RecomputeActivations
    {
        get => modules().OfType<Transformer>().All(transformer => transformer.RecomputeActivations);
        set
        {
            foreach (var transformer in modules().OfType<Transformer>())
                transformer.RecomputeActivations = value;
        }
    }

    /// <summary>
    /// Whether the library's own kernels compute transformer blocks, norms, linear layers and embeddings that are in float32 on a CPU, forward and backward, rather than
    /// libtorch's operators: the same gradients but for rounding, in less time. False where this processor has none.
    /// </summary>
    /// <remarks>
    /// <para>
    /// What is on another device, in another dtype, or of a form without a kernel is computed by libtorch as ever. With kernels, <c>backward()</c> leaves
    /// gradients in the parameters' <c>grad</c> as usual, but does not tell hooks of parameters, of blocks, and of layers in their place; <c>autograd.grad</c> with
    /// regard to weights, and second derivatives, need them to be off. Results do not depend on the number of threads.
    /// </para>
    /// <para>
    /// <c>Trainer</c> switches it on for the time of its training. Switching it off frees the memory that passes share. A copy of the model begins without.
    /// </para>
    /// </remarks>
    public bool UseTrainingKernels
    {
        get => _trainingKernels is not null;
        set
        {
            if (value == UseTrainingKernels)
                return;
            _trainingKernels?.Dispose();
            _trainingKernels = value ? KernelBackend.Find(ScalarType.Float32)?.TryCreateTraining() : null;
            foreach (var layer in modules().OfType<ITrainedLayer>())
                layer.Kernels = _trainingKernels;
        }
    }

    /// <summary>Takes the gradients of all parameters away, as <c>zero_grad</c> does, for the next backward pass to write into the same memory.</summary>
    /// <remarks>
    /// The tensors that <c>grad</c> was are overwritten by that pass where kernels for training compute it (<see cref="UseTrainingKernels"/>), which then
    /// needs no fresh memory: keep none of them. Otherwise it is the same as setting each <c>grad</c> to null.
    /// </remarks>
    public void ForgetGradients()
    {
        using var scope = NewDisposeScope();
        foreach (var parameter in parameters())
        {
            if (_trainingKernels is null)
                parameter.grad = null;
            else
                _trainingKernels.ForgetGradient(parameter);
        }
    }

    /// <summary>Makes a second model with the same weights on the same device.</summary>
    /// <param name="dtype">
    /// Dtype of the weights that multiply activations, which is the dtype of the computation. In half precision norms,
    /// embeddings and scales stay in float32.
    /// </param>
    /// <returns>The copy, which the caller disposes; its mode and which weights want gradients are this model's.</returns>
    /// <exception cref="InvalidOperationException">The weights have been packed for inference.</exception>
    public DualEncoder Copy(ScalarType dtype = ScalarType.Float32)
    {
        using var pass = _gate.Enter();
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var copy = new DualEncoder(Config, new WeightFactory(dtype, _logLogitScale.device));
        if (dtype == ScalarType.Float64)
            copy.to(dtype);
        var wantGradients = named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter.requires_grad);
        foreach (var (name, parameter) in copy.named_parameters())
            parameter.requires_grad = wantGradients[name];

        var weights = copy.state_dict();
        foreach (var (name, value) in state_dict())
            weights[name].copy_(value);
        copy.RecomputeActivations = RecomputeActivations;
        copy.train(training);
        return copy;
    }
}
