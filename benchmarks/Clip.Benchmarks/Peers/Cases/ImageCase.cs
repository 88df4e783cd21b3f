using Clip.Benchmarks.Peers.Flops;
using Clip.Models;
using Clip.Runtime;

namespace Clip.Benchmarks.Peers.Cases;

/// <summary>Pixels to image embeddings of unit length.</summary>
/// <param name="model">The architecture's name.</param>
/// <param name="batch">Images at once.</param>
/// <param name="precision">This library's numbers.</param>
internal sealed class ImageCase(string model, int batch, Precision precision)
    : PeerCase($"{model} image", batch, precision)
{
    private readonly DualEncoderConfig _config = DualEncoderConfig.Presets[model];

    /// <inheritdoc/>
    public override string Graph => $"{model.Replace('/', '-')}-image.onnx";

    /// <inheritdoc/>
    public override PeerResult Measure(PeerSetting setting)
    {
        using var network = Networks.Create(_config, DType);
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        var (height, width) = _config.Image.Resolution;
        var pixels = randn(Batch, 3, height, width);
        using var peer = OnnxPeer.Create(setting.FindGraph(Graph), setting.Threads, pixels.data<float>().ToArray(), pixels.shape);

        var seconds = Interleaved.Medians(setting.Rounds, Embed(network, pixels), (Action)peer.Run);
        return Result(setting, seconds[0], seconds[1], Batch * EncoderFlops.OfImage(_config));
    }

    private static Action Embed(IDualEncoder network, Tensor pixels) => () =>
    {
        using var embeddings = network.EncodeImages(pixels, normalize: true);
    };
}
