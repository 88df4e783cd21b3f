using Clip.Kernels;

namespace Clip.Models;

/// <summary>A network of timm without its classifier: pixels to tokens, and tokens to features.</summary>
/// <remarks>Its parameters have timm's names, so that open_clip's checkpoints hold them below "visual.trunk." as they are.</remarks>
internal abstract class TimmTrunk(string name) : nn.Module<Tensor, Tensor>(name)
{
    /// <summary>How many stages it has, from input to output, without the head's.</summary>
    public abstract int StageCount { get; }

    /// <summary>The stage of a parameter: from 0, at the input, to <see cref="StageCount"/> - 1; what pools counts to the head's, <see cref="StageCount"/>.</summary>
    /// <param name="parameter">Its name in the trunk.</param>
    public abstract int StageOf(string parameter);

    /// <summary>A weight that multiplies activations: its dtype and device are those of the computation.</summary>
    public abstract Tensor Reference { get; }

    /// <summary>Pixels to tokens, [N, 3, H, W] to [N, L, W].</summary>
    public abstract Tensor Encode(Tensor pixels);

    /// <summary>Tokens to features, [N, L, W] to [N, F].</summary>
    public abstract Tensor Pool(Tensor tokens);

    /// <summary>Pixels to tokens that see themselves alone in the last transformer blocks, if there are any, [N, 3, H, W] to [N, L, W].</summary>
    public virtual Tensor EncodePlaces(Tensor pixels, int localBlocks) => Encode(pixels);

    /// <summary>Tokens to what pooling would make of each alone, [N, P, W] to [N, P, F]; a class token is none of them.</summary>
    public virtual Tensor PoolPlaces(Tensor tokens) => DensePlaces.Each(tokens, Pool);

    /// <summary>The matrix of a classifier of the trunk's own, where it is one; null where there is none or more than that.</summary>
    public virtual LinearLayer? Classifier => null;

    /// <summary>Features to embeddings, where the trunk has a classifier of its own.</summary>
    public virtual Tensor Classify(Tensor features) => Classifier?.call(features) ?? features;

    /// <summary>Why the trunk cannot be packed with quantized weights; null where it can.</summary>
    public virtual string? WhyNotQuantizable => null;

    /// <summary>Moves weights into kernels, which leaves the trunk without them.</summary>
    /// <param name="backend">Makes the kernels.</param>
    /// <param name="kernels">Disposes them.</param>
    /// <param name="imagesPerPass">How many images are to pass at once.</param>
    /// <returns>What computes in place of the trunk.</returns>
    public virtual TimmPackedTrunk Pack(KernelBackend backend, KernelList kernels, long imagesPerPass) => new(Encode);

    /// <summary>Tokens of an image, in trunks that are transformers throughout; null in others, where pixels say how much passes at once.</summary>
    public virtual long? TokensPerImage => null;

    /// <summary>Fills all weights as the original code does.</summary>
    public abstract void Initialize();

    public sealed override Tensor forward(Tensor pixels) => Classify(Pool(Encode(pixels)));
}
