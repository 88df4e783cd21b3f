using System.Globalization;
using Clip.Benchmarks.Peers.Flops;
using Clip.Runtime;
using Clip.ZeroShot;

namespace Clip.Benchmarks.Peers.Cases;

/// <summary>ImageNet's 1,000 classes in 80 templates to a class bank.</summary>
/// <remarks>
/// This library makes a bank of some of the classes as an application does, tokenizing included; the peer runs batches of 32 rows of
/// 77 tokens, with ids ready made. Both times are then extrapolated to all prompts.
/// </remarks>
/// <param name="precision">This library's numbers.</param>
internal sealed class ClassBankCase(Precision precision) : PeerCase("class bank 1000 x 80 (extrapolated)", Prompts, precision)
{
    private const int Classes = 1000, Templates = 80, Prompts = Classes * Templates, SampledClasses = 16, PeerBatch = 32, WarmUpPrompts = 64;

    /// <inheritdoc/>
    public override string Graph => CaptionCase.TextGraph;

    /// <inheritdoc/>
    public override PeerResult Measure(PeerSetting setting)
    {
        var names = ImageNetClasses.Names;
        string[] sample = [.. Enumerable.Range(0, SampledClasses).Select(i => names[i * names.Length / SampledClasses])];
        var prompts = sample.SelectMany(PromptTemplates.ImageNet.Fill).ToArray();

        using var clip = TemporaryModel.Load(setting.Model.Folder, Precision);
        var ours = new Interleaved.Side(
            () => ClassBank.Create(clip, sample, PromptTemplates.ImageNet),
            () => clip.EmbedTexts(prompts.Take(WarmUpPrompts)));
        var memory = MeasureMemory(ours.Run);

        var text = clip.Card.Config.Text;
        var ids = RandomTokens.Create(PeerBatch, shortest: 6, longest: 20, text.ContextLength);
        using var peer = OnnxPeer.Create(setting.FindGraph(Graph), setting.Threads, ids, PeerBatch, text.ContextLength);
        var seconds = Interleaved.Medians(setting.Rounds, ours, (Action)peer.Run);

        // Rows of a pass that are shorter than its longest carry padding, which is not counted.
        int[] lengths = [.. prompts.Select(prompt => clip.Tokenizer.Fit(prompt).TokenCount)];
        var scale = (double)Prompts / prompts.Length;
        var flops = scale * lengths.Sum(length => EncoderFlops.OfText(clip.Card.Config, length));
        return Result(setting, scale * seconds[0], seconds[1] * Prompts / PeerBatch, flops) with
        {
            Note = string.Create(CultureInfo.InvariantCulture,
                $"extrapolated from {prompts.Length} prompts of {lengths.Min()} to {lengths.Max()} tokens ({lengths.Average():F1} in the mean), ")
                + string.Create(CultureInfo.InvariantCulture, $"the peer's from batches of {PeerBatch} x {text.ContextLength}; {memory}."),
        };
    }

    // Before the peer has its session, so that the process holds this library's memory alone.
    private static string MeasureMemory(Action run)
    {
        if (!OperatingSystem.IsLinux())
            return "memory is measured on Linux alone";
        GC.Collect();
        ProcessMemory.ResetPeak();
        var before = ProcessMemory.Resident();
        run();
        var peak = ProcessMemory.Peak();
        return string.Create(CultureInfo.InvariantCulture,
            $"peak resident memory of the process {peak / 1e6:F0} MB, {(peak - before) / 1e6:F0} MB more than with the model loaded");
    }
}
