using Clip.Losses;

namespace Clip.Training.FusedLoss;

/// <summary>A loss and its gradients at once, on the CPU in float32: of a few hundred pairs, whose operators cost libtorch more than their arithmetic.</summary>
/// <remarks>
/// The value and the gradients are those of a plain loss but for rounding; that one computes what is larger, elsewhere, or in another dtype. The gradients
/// cannot be differentiated again. libtorch's operators wake its threads, which spin on the processors that the towers' kernels need next.
/// </remarks>
internal sealed class FusedContrastiveLoss : ContrastiveLoss
{
    // Beyond it, products are most of the work, and libtorch's are as fast.
    private const long MostMultiplications = 512L * 512 * 512;

    private readonly ContrastiveLoss _plain;
    private readonly Func<int, ILogitLoss> _createLogitLoss;
    private FusedLossPass? _pass;

    private FusedContrastiveLoss(string name, ContrastiveLoss plain, Func<int, ILogitLoss> createLogitLoss)
        : base(name, normalize: false)
    {
        _plain = plain;
        _createLogitLoss = createLogitLoss;
    }

    /// <summary>CLIP's loss (Radford et al. 2021, section 2.3 and figure 3).</summary>
    public static FusedContrastiveLoss OfClip() => new("FusedClipLoss", new ClipLoss(), count => new SymmetricSoftmax(count));

    /// <summary>SigLIP's loss (Zhai et al. 2023, section 3.2).</summary>
    public static FusedContrastiveLoss OfSigLip() => new("FusedSigLipLoss", new SigLipLoss(), count => new PairwiseAnswers(count));

    protected override Tensor Compute(Tensor images, Tensor texts, Tensor logitScale, Tensor? logitBias)
    {
        Tensor?[] all = [images, texts, logitScale, logitBias];
        if (!Array.TrueForAll(all, IsServed) || images.shape[0] * images.shape[0] * images.shape[1] > MostMultiplications)
            return _plain.call(images, texts, logitScale, logitBias);

        using var scope = NewDisposeScope();
        var gradients = Pass((int)images.shape[0], (int)images.shape[1]).Compute(images, texts, logitScale, logitBias);
        return KnownGradients.Join(gradients.Value, [(images, gradients.Images), (texts, gradients.Texts), (logitScale, gradients.Scale), (logitBias, gradients.Bias)])
            .MoveToOuterDisposeScope();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _plain.Dispose();
        base.Dispose(disposing);
    }

    private static bool IsServed(Tensor? tensor) => tensor is null || (tensor.dtype == ScalarType.Float32 && tensor.device_type == DeviceType.CPU);

    private FusedLossPass Pass(int count, int width)
    {
        if (_pass is null || (_pass.Count, _pass.Width) != (count, width))
            _pass = new FusedLossPass(count, width, _createLogitLoss(count));
        return _pass;
    }
}
