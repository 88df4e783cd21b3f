namespace Clip.Models;

/// <summary>A convolution without a bias, and the batch norm behind it.</summary>
internal sealed class BatchNormedLayer : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "conv")] private readonly ConvolutionLayer _convolution;
    [ComponentName(Name = "bn")] private readonly MapBatchNorm _norm;

    public BatchNormedLayer(WeightFactory weights, long inputs, long outputs, (long Height, long Width) kernel, long stride = 1, long groups = 1)
        : base(nameof(BatchNormedLayer))
    {
        _convolution = new ConvolutionLayer(weights, inputs, outputs, kernel, stride, groups);
        _norm = weights.BatchNorm(outputs);
        RegisterComponents();
    }

    /// <summary>The convolution.</summary>
    public ConvolutionLayer Convolution => _convolution;

    /// <summary>Both in one; call it in a dispose scope.</summary>
    public Kernel Fold() => Kernel.Of(_convolution).Then(BatchNormTerms.Of(_norm));

    public override Tensor forward(Tensor x)
    {
        using var convolved = _convolution.call(x);
        return _norm.call(convolved);
    }
}
