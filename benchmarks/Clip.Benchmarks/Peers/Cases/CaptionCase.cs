using Clip.Benchmarks.Peers.Flops;
using Clip.Models;
using Clip.Runtime;

namespace Clip.Benchmarks.Peers.Cases;

/// <summary>Captions to text embeddings of unit length.</summary>
/// <remarks>
/// In a causal tower the pooled token, the end token, sees nothing after itself. This library therefore runs rows cut at the longest
/// caption; the peer's graph is the published one, which takes 77 tokens.
/// </remarks>
/// <param name="batch">Captions at once.</param>
/// <param name="precision">This library's numbers.</param>
internal sealed class CaptionCase(int batch, Precision precision) : PeerCase("captions of 8 to 16 tokens", batch, precision)
{
    private const int Shortest = 8, Longest = 16;

    /// <summary>The peer's graph.</summary>
    public const string TextGraph = "ViT-B-32-text.onnx";

    private static readonly DualEncoderConfig Config = DualEncoderConfig.ViTB32;

    /// <inheritdoc/>
    public override string Graph => TextGraph;

    /// <inheritdoc/>
    public override PeerResult Measure(PeerSetting setting)
    {
        using var network = Networks.Create(Config, DType);
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        var context = Config.Text.ContextLength;
        var ids = RandomTokens.Create(Batch, Shortest, Longest, context);
        var tokens = tensor(ids, [Batch, context]).narrow(1, 0, Longest).contiguous();
        using var peer = OnnxPeer.Create(setting.FindGraph(Graph), setting.Threads, ids, Batch, context);

        var seconds = Interleaved.Medians(setting.Rounds, Embed(network, tokens), (Action)peer.Run);
        return Result(setting, seconds[0], seconds[1], Batch * EncoderFlops.OfText(Config, Longest)) with
        {
            Note = $"this library runs {Longest} tokens of each caption, the peer {context}.",
        };
    }

    private static Action Embed(IDualEncoder network, Tensor tokens) => () =>
    {
        using var embeddings = network.EncodeTexts(tokens, normalize: true);
    };
}
