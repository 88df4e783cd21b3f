using System.Globalization;
using Clip.Benchmarks.Peers.Flops;
using Clip.Benchmarks.Peers.Onnx;
using Clip.Models;
using Clip.Runtime;

namespace Clip.Benchmarks.Peers.Cases;

/// <summary>
/// Pixels to image embeddings with weights in fewer bits, beside this library's float32 and ONNX Runtime: its dynamic int8 of the same graph for int8, else its float32.
/// </summary>
/// <param name="model">The architecture's name.</param>
/// <param name="batch">Images at once.</param>
/// <param name="quantization">The weights' format.</param>
internal sealed class QuantizedImageCase(string model, int batch, WeightQuantization quantization)
    : PeerCase($"{model} image", batch, Precision.Float32, quantization)
{
    private readonly DualEncoderConfig _config = DualEncoderConfig.Presets[model];

    /// <inheritdoc/>
    public override string Graph => $"{model.Replace('/', '-')}-image.onnx";

    /// <inheritdoc/>
    public override PeerResult Measure(PeerSetting setting)
    {
        using var quantized = Networks.Create(_config, DType, quantization: Quantization);
        using var precise = Networks.Create(_config, DType);
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        var (height, width) = _config.Image.Resolution;
        var pixels = randn(Batch, 3, height, width);
        using var peer = CreatePeer(setting, pixels);

        var seconds = Interleaved.Medians(setting.Rounds, Embed(quantized, pixels), (Action)peer.Run, Embed(precise, pixels));
        return Result(setting, seconds[0], seconds[1], Batch * EncoderFlops.OfImage(_config)) with
        {
            Note = string.Create(
                CultureInfo.InvariantCulture, $"batch {Batch}: this library's float32 took {1000 * seconds[2]:F1} ms, {seconds[2] / seconds[0]:F2} times as long."),
        };
    }

    private OnnxPeer CreatePeer(PeerSetting setting, Tensor pixels)
    {
        var graph = setting.FindGraph(Graph);
        var values = pixels.data<float>().ToArray();
        return Quantization == WeightQuantization.Int8
            ? OnnxPeer.Create(DynamicInt8Graph.Rewrite(File.ReadAllBytes(graph)).Model, setting.Threads, values, pixels.shape)
            : OnnxPeer.Create(graph, setting.Threads, values, pixels.shape);
    }

    private static Action Embed(IDualEncoder network, Tensor pixels) => () =>
    {
        using var embeddings = network.EncodeImages(pixels, normalize: true);
    };
}
