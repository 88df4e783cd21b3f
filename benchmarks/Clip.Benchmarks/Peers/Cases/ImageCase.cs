using Clip.Benchmarks.Peers.Flops;
using Clip.Models;
using Clip.Runtime;

namespace Clip.Benchmarks.Peers.Cases;

/// <summary>Pixels to image embeddings of unit length.</summary>
/// <param name="model">What the architecture is called.</param>
/// <param name="read">Gives the architecture.</param>
/// <param name="batch">Images at once.</param>
/// <param name="precision">This library's numbers.</param>
internal sealed class ImageCase(string model, Func<DualEncoderConfig> read, int batch, Precision precision)
    : PeerCase($"{model} image", batch, precision)
{
    /// <summary>What follows a model's name in that of its graph.</summary>
    public const string GraphEnding = "-image.onnx";

    /// <inheritdoc/>
    public override string Graph => $"{model.Replace('/', '-')}{GraphEnding}";

    /// <summary>The case of one of OpenAI's architectures.</summary>
    public static ImageCase OfPreset(string model, int batch, Precision precision) => new(model, () => DualEncoderConfig.Presets[model], batch, precision);

    /// <inheritdoc/>
    public override PeerResult Measure(PeerSetting setting)
    {
        var config = read();
        using var network = Networks.Create(config, DType);
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        var (height, width) = config.Image.Resolution;
        var pixels = randn(Batch, 3, height, width);
        using var peer = OnnxPeer.Create(setting.FindGraph(Graph), setting.Threads, pixels.data<float>().ToArray(), pixels.shape);

        var seconds = Interleaved.Medians(setting.Rounds, Embed(network, pixels), (Action)peer.Run);
        return Result(setting, seconds[0], seconds[1], Batch * EncoderFlops.TryOfImage(config));
    }

    private static Action Embed(IDualEncoder network, Tensor pixels) => () =>
    {
        using var embeddings = network.EncodeImages(pixels, normalize: true);
    };
}
