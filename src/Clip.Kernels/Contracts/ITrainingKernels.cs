using Clip.Kernels.Weights;

namespace Clip.Kernels.Contracts;

/// <summary>Forward and backward passes for training on a CPU in float32, with weights that change from step to step.</summary>
/// <remarks>
/// Results are the same to the bit for all numbers of threads. Gradients of weights are added to their <c>grad</c>, as a backward pass of libtorch does at
/// its end; those of inputs are returned. Disposal frees the memory that passes share.
/// </remarks>
internal interface ITrainingKernels : IDisposable
{
    /// <summary>Computes a linear layer.</summary>
    /// <param name="x">[..., inputs].</param>
    /// <param name="weight">[outputs, inputs], or a convolution's weight whose first dimension are the outputs.</param>
    /// <param name="bias">[outputs], or null.</param>
    /// <returns>[..., outputs].</returns>
    Tensor Multiply(Tensor x, Tensor weight, Tensor? bias);

    /// <summary>Sends gradients back through a linear layer.</summary>
    /// <param name="x">What it was computed of.</param>
    /// <param name="weight">Its weight.</param>
    /// <param name="bias">Its bias, or null.</param>
    /// <param name="gradient">Gradients of its output.</param>
    /// <param name="wantsInput">Whether gradients of its input are wanted.</param>
    /// <returns>Gradients of its input; null where they are not wanted.</returns>
    Tensor? SendBack(Tensor x, Tensor weight, Tensor? bias, Tensor gradient, bool wantsInput);

    /// <summary>Whether there is a pass for blocks of this form.</summary>
    bool Serves(BlockWeights weights, TransformerShape shape);

    /// <summary>Prepares the passes through a transformer block for some tokens.</summary>
    /// <param name="weights">Its weights.</param>
    /// <param name="shape">Its form, which is served.</param>
    /// <param name="tokens">Which tokens.</param>
    ITrainingPass Begin(BlockWeights weights, TransformerShape shape, BlockTokens tokens);

    /// <summary>Prepares the passes from pixels [N, C, H, W] to the tokens of their patches [N, L, W]; null where the weights are not served.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="pixels">The pixels.</param>
    ITrainingPass? TryBeginPatches(PatchWeights weights, Tensor pixels);

    /// <summary>Prepares the passes from token ids [N, L] to their vectors and those of their positions [T, W]; null where the weights are not served.</summary>
    /// <param name="vectors">The tokens' vectors, [V, W].</param>
    /// <param name="positions">The positions' vectors.</param>
    /// <param name="sequences">How many tokens of each text there are.</param>
    ITrainingPass? TryBeginTokens(Tensor vectors, Tensor positions, TokenSequences sequences);

    /// <summary>Prepares the passes through a layer norm of rows [..., W]; null where the weights are not served.</summary>
    /// <param name="affine">Gains and biases [W].</param>
    /// <param name="epsilon">What is added to the variance.</param>
    /// <param name="x">The rows.</param>
    ITrainingPass? TryBeginNorm((Tensor Weight, Tensor Bias) affine, double epsilon, Tensor x);

    /// <summary>Prepares the passes through a product of rows [N, W] with a matrix [W, E]; null where it is not served.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="x">The rows.</param>
    ITrainingPass? TryBeginProjection(Tensor matrix, Tensor x);

    /// <summary>Prepares the passes from tokens [N, L, W] to their mean [N, W]; null where they are not served.</summary>
    /// <param name="first">The first token that counts.</param>
    /// <param name="x">The tokens.</param>
    ITrainingPass? TryBeginMean(long first, Tensor x);

    /// <summary>Takes a weight's gradient away; the next backward pass may use its memory again.</summary>
    /// <param name="weight">The weight, whose gradient nobody else uses any more.</param>
    void ForgetGradient(Tensor weight);
}
