using Clip.Kernels;

namespace Clip.Models;

/// <summary>An encoder of Hugging Face's library without what pools: token ids [N, L] to tokens [N, L, W].</summary>
internal abstract class HuggingFaceTextEncoder(string name) : nn.Module<Tensor, Tensor>(name)
{
    /// <summary>A weight that multiplies activations: its dtype and device are those of the computation.</summary>
    public abstract Tensor Reference { get; }

    /// <summary>The stage of a parameter: 0 for the embeddings of tokens, then one for each block, with the last norm in the last.</summary>
    /// <param name="parameter">Its name in the encoder.</param>
    public abstract int StageOf(string parameter);

    /// <summary>Moves weights into kernels, which leaves the encoder without them.</summary>
    /// <param name="backend">Makes the kernels.</param>
    /// <param name="kernels">Disposes them.</param>
    /// <param name="tokensPerPass">How many tokens usually pass at once.</param>
    /// <returns>What computes in place of the encoder.</returns>
    public abstract Func<Tensor, Tensor> Pack(KernelBackend backend, KernelList kernels, long tokensPerPass);

    /// <summary>Fills all weights as the original code does.</summary>
    public abstract void Initialize();
}
