namespace Clip.Runtime.Kernels;

/// <summary>The convolutions of a ResNet with CLIP's changes for inference on a CPU, in one call of libtorch.</summary>
/// <remarks>
/// <para>
/// Batch norms are folded into the convolutions before them, weights packed for oneDNN, activations laid out channels last, and
/// ReLU and shortcut computed in the same pass over memory as the convolution.
/// </para>
/// <para>It computes the equations of the trained modules in evaluation mode in another order of summation and has no gradients.</para>
/// </remarks>
internal sealed class ResNetKernel : IDisposable
{
    private const int TensorsPerConvolution = 2;

    private readonly jit.ScriptModule _module;

    /// <summary>Packs the weights.</summary>
    /// <param name="stem">The three convolutions of the stem, the first of stride 2; an average pool of 2 follows.</param>
    /// <param name="blocks">The residual blocks.</param>
    /// <param name="height">Rows of the pictures.</param>
    /// <param name="width">Columns of the pictures.</param>
    public ResNetKernel(IReadOnlyList<NormedConvolution> stem, IReadOnlyList<BottleneckWeights> blocks, long height, long width)
    {
        _module = TorchScript.Compile("ResNet", Methods(blocks));
        using var noGradients = no_grad();
        for (var i = 0; i < stem.Count; i++)
        {
            Append(stem[i], height, width, stride: i == 0 ? 2 : 1);
            if (i == 0)
                (height, width) = ((height + 1) / 2, (width + 1) / 2);
        }
        (height, width) = (height / 2, width / 2);

        foreach (var block in blocks)
        {
            Append(block.Reduce, height, width);
            Append(block.Mix, height, width);
            (height, width) = (height / block.Stride, width / block.Stride);
            Append(block.Expand, height, width);
            if (block.Shortcut is { } shortcut)
                Append(shortcut, height, width);
        }
    }

    /// <summary>Runs the convolutions.</summary>
    /// <param name="pixels">Normalized pixels [N, 3, H, W].</param>
    /// <returns>[N, channels, H / 32, W / 32], channels last in memory.</returns>
    public Tensor Forward(Tensor pixels)
    {
        using var noGradients = no_grad();
        return _module.invoke<Tensor>("forward", pixels);
    }

    /// <inheritdoc/>
    public void Dispose() => _module.Dispose();

    private void Append(NormedConvolution convolution, long height, long width, long stride = 1)
    {
        using var scope = NewDisposeScope();
        var (weight, bias) = convolution.Fold();
        var padding = weight.shape[2] / 2;
        _module.invoke<object>("append", weight, bias, padding, stride, height, width);
    }

    private static string Methods(IReadOnlyList<BottleneckWeights> blocks)
    {
        var calls = new List<string>();
        var index = 3 * TensorsPerConvolution;
        foreach (var block in blocks)
        {
            calls.Add($"    x = self.block(x, {index}, {block.Stride}, {(block.Shortcut is null ? "False" : "True")})");
            index += TensorsPerConvolution * (block.Shortcut is null ? 3 : 4);
        }
        return $$"""
              def append(self: __torch__.ResNet, weight: Tensor, bias: Tensor, padding: int, stride: int, height: int, width: int) -> int:
                weights = self.weights
                size = [{{UsualBatch}}, torch.size(weight, 1), height, width]
                _ = torch.append(weights, ops.mkldnn._reorder_convolution_weight(weight, [padding, padding], [stride, stride], [1, 1], 1, size))
                _0 = torch.append(weights, bias)
                return torch.len(weights)
              def convolve(self: __torch__.ResNet, x: Tensor, i: int, padding: int, stride: int, activation: str) -> Tensor:
                return ops.mkldnn._convolution_pointwise(x, self.weights[i], self.weights[i + 1], [padding, padding], [stride, stride], [1, 1], 1, activation, annotate(List[Optional[number]], []), "")
              def block(self: __torch__.ResNet, x: Tensor, i: int, stride: int, has_shortcut: bool) -> Tensor:
                y = self.convolve(self.convolve(x, i, 0, 1, "relu"), i + 2, 1, 1, "relu")
                if has_shortcut:
                  if stride > 1:
                    y = torch.avg_pool2d(y, [stride, stride])
                    x = torch.avg_pool2d(x, [stride, stride])
                  x = self.convolve(x, i + 6, 0, 1, "none")
                return ops.mkldnn._convolution_pointwise_(x, y, self.weights[i + 4], self.weights[i + 5], [0, 0], [1, 1], [1, 1], 1, "add", 1, "relu", annotate(List[Optional[number]], []), "")
              def forward(self: __torch__.ResNet, x: Tensor) -> Tensor:
                x = self.convolve(x, 0, 1, 2, "relu")
                x = self.convolve(x, 2, 1, 1, "relu")
                x = self.convolve(x, 4, 1, 1, "relu")
                x = torch.avg_pool2d(x, [2, 2])
            {{string.Join('\n', calls)}}
                return x
            """;
    }

    // Weights packed for this number of pictures serve others as well.
    private const int UsualBatch = 8;
}
