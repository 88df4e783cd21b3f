using System.Diagnostics;
using Clip.Models;
using Clip.Training.Data;
using static TorchSharp.torch.nn.functional;

namespace Clip.Benchmarks.Training;

/// <summary>Steps as a loop in PyTorch takes them: modules, loss and AdamW are libtorch's operators, one after the other.</summary>
/// <param name="network">The model, whose weights move.</param>
/// <param name="rate">The learning rate.</param>
internal sealed class PlainSteps(DualEncoder network, double rate)
{
    /// <summary>Takes steps.</summary>
    /// <param name="pairs">The pairs.</param>
    /// <param name="batch">Pairs of a step.</param>
    /// <param name="count">Steps.</param>
    /// <returns>Seconds of each.</returns>
    public List<double> Measure(IPairSource pairs, int batch, int count)
    {
        network.train();
        using var optimizer = optim.AdamW(network.parameters(), rate);
        var seconds = new List<double>();
        foreach (var some in pairs.Batches(batch, PairPosition.Start).Take(count))
        {
            using (some)
            {
                var start = Stopwatch.GetTimestamp();
                Step(some, optimizer);
                seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            }
        }
        return seconds;
    }

    private void Step(PairBatch some, optim.Optimizer optimizer)
    {
        using var scope = NewDisposeScope();
        optimizer.zero_grad();
        var images = network.EncodeImages(some.GetImages(), normalize: true);
        var texts = network.EncodeTexts(some.Tokens, normalize: true);
        Loss(network.GetLogits(images, texts)).backward();
        optimizer.step();
    }

    // SigLIP's where the model has a logit bias, else CLIP's.
    private Tensor Loss(Tensor logits)
    {
        var count = logits.shape[0];
        if (network.Config.InitialLogitBias is not null)
            return -logsigmoid((2 * eye(count) - 1) * logits).sum() / count;
        var own = arange(count);
        return (cross_entropy(logits, own) + cross_entropy(logits.t(), own)) / 2;
    }
}
