using Clip.Kernels.Contracts;
using Clip.Kernels.Weights;
using Clip.Shared;

namespace Clip.Kernels.OneDnn;

/// <summary>The convolutions of a ResNet for inference on a CPU, in one call of libtorch.</summary>
/// <remarks>
/// <para>
/// Batch norms are folded into the convolutions before them, weights packed for oneDNN, activations laid out channels last, and
/// ReLU and shortcut computed in the same pass over memory as the convolution.
/// </para>
/// <para>It computes the equations of the trained modules in evaluation mode in another order of summation and has no gradients.</para>
/// </remarks>
internal sealed class OneDnnResNet : IResNetKernel
{
    private const int TensorsPerConvolution = 2;

    // Weights packed for this number of images serve more and fewer, but not one.
    private const long UsualBatch = 4;

    private readonly string _methods;
    private readonly List<Geometry> _geometries = [];
    private readonly jit.ScriptModule _module;
    private readonly Lazy<jit.ScriptModule> _moduleForOne;

    /// <summary>Packs the weights.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="height">Rows of the images.</param>
    /// <param name="width">Columns of the images.</param>
    public OneDnnResNet(ResNetWeights weights, long height, long width)
    {
        var (stem, blocks) = weights;
        _methods = Methods(stem.Count, blocks);
        _module = TorchScript.Compile("ResNet", _methods);
        _moduleForOne = new(PackForOne);
        Append(stem[0], height, width, stride: 2);
        (height, width) = ((height + 1) / 2, (width + 1) / 2);
        foreach (var convolution in stem.Skip(1))
            Append(convolution, height, width);
        (height, width) = (height / 2, width / 2);

        foreach (var block in blocks)
        {
            Append(block.Conv1, height, width);
            Append(block.Conv2, height, width);
            (height, width) = (height / block.Stride, width / block.Stride);
            Append(block.Conv3, height, width);
            if (block.Downsample is { } downsample)
                Append(downsample, height, width);
        }
    }

    /// <summary>Runs the convolutions.</summary>
    /// <param name="pixels">Normalized pixels [N, C, H, W].</param>
    /// <returns>[N, channels, H / stride, W / stride], channels last in memory.</returns>
    public Tensor Forward(Tensor pixels)
    {
        using var noGradients = no_grad();
        return (pixels.shape[0] == 1 ? _moduleForOne.Value : _module).Call<Tensor>("forward", pixels);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _module.Dispose();
        if (_moduleForOne.IsValueCreated)
            _moduleForOne.Value.Dispose();
    }

    private void Append(NormedConvolution convolution, long height, long width, long stride = 1)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var (weight, bias) = convolution.Fold();
        var geometry = new Geometry(weight.shape[2] / 2, stride, height, width);
        _geometries.Add(geometry);
        Append(_module, weight, bias, geometry, UsualBatch);
    }

    private static void Append(jit.ScriptModule module, Tensor weight, Tensor bias, Geometry geometry, long batch) =>
        module.Call<object>("append", weight, bias, geometry.Padding, geometry.Stride, batch, geometry.Height, geometry.Width);

    // oneDNN wants other layouts for a single image and would bring the weights into them at each call, slower than the convolution.
    private jit.ScriptModule PackForOne()
    {
        using var scope = NewDisposeScope();
        var module = TorchScript.Compile("ResNet", _methods);
        for (var i = 0; i < _geometries.Count; i++)
        {
            var weight = _module.Call<Tensor>("dense", (long)(TensorsPerConvolution * i));
            var bias = _module.Call<Tensor>("bias", (long)(TensorsPerConvolution * i + 1));
            Append(module, weight, bias, _geometries[i], batch: 1);
        }
        return module;
    }

    private static string Methods(int stem, IReadOnlyList<BottleneckWeights> blocks)
    {
        var calls = new List<string>();
        var index = stem * TensorsPerConvolution;
        foreach (var block in blocks)
        {
            calls.Add($"    x = self.block(x, {index}, {block.Stride}, {(block.Downsample is null ? "False" : "True")})");
            index += TensorsPerConvolution * (block.Downsample is null ? 3 : 4);
        }
        return $$"""
              def append(self: __torch__.ResNet, weight: Tensor, bias: Tensor, padding: int, stride: int, batch: int, height: int, width: int) -> int:
                weights = self.weights
                size = [batch, torch.size(weight, 1), height, width]
                _ = torch.append(weights, ops.mkldnn._reorder_convolution_weight(weight, [padding, padding], [stride, stride], [1, 1], 1, size))
                _0 = torch.append(weights, bias)
                return torch.len(weights)
              def dense(self: __torch__.ResNet, i: int) -> Tensor:
                return torch.to_dense(self.weights[i])
              def bias(self: __torch__.ResNet, i: int) -> Tensor:
                return self.weights[i]
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
                for i in range({{TensorsPerConvolution}}, {{stem * TensorsPerConvolution}}, {{TensorsPerConvolution}}):
                  x = self.convolve(x, i, 1, 1, "relu")
                x = torch.avg_pool2d(x, [2, 2])
            {{string.Join('\n', calls)}}
                return x
            """;
    }

    /// <summary>What oneDNN has to know of a convolution to choose a layout.</summary>
    private readonly record struct Geometry(long Padding, long Stride, long Height, long Width);
}
