using System.Diagnostics;
using System.Globalization;
using Clip.Benchmarks.Peers;
using Clip.Models;
using Clip.Training;
using Clip.Training.Data;
using Clip.Training.Schedules;

namespace Clip.Benchmarks.Training;

/// <summary>Measures training steps: pairs per second beside the machine's matrix products, and memory of gradient caching.</summary>
/// <remarks>
/// <para><c>dotnet run -c Release --project benchmarks/Clip.Benchmarks -- training speed [float32|--all] [--full-texts] [--small] [--siglip]|memory</c></para>
/// <para>
/// <c>speed</c>: steps of the small model with 64 pairs and of ViT-B/32 with 16, in float32 with the kernels for training and with libtorch's operators
/// in turns, and by a loop whose loss and optimizer are libtorch's too, which is what PyTorch runs; where the CPU does not emulate it or <c>--all</c> is given, also in
/// bfloat16: median of several, and libtorch's rate of a large matrix product of the same dtype. Texts end at random places, half of the context on average, or with <c>--full-texts</c> at its end; <c>--small</c> leaves ViT-B/32 out, <c>--siglip</c> trains with SigLIP's loss; rates count the work of
/// all tokens, also where it is left out. <c>memory</c>: the peak of steps with kernels and without, and that of a step of a small model with 4,096 pairs in
/// micro-batches, beside the peak of one micro-batch alone and the size of the embeddings.
/// </para>
/// </remarks>
internal static class TrainingSteps
{
    private const int Rounds = 5, Turns = 3;
    private const double Rate = 1e-4;
    private const string PeakOption = "--peak", FullTextsOption = "--full-texts", SmallOption = "--small", SigLipOption = "--siglip";

    /// <summary>The sizes of the model of samples/Shapes.</summary>
    private static DualEncoderConfig Small { get; } = new()
    {
        EmbeddingSize = 128,
        Image = new VisionTransformerConfig
        {
            Resolution = 48,
            PatchSize = 6,
            PositionEmbedding = PositionEmbedding.SinCos2D,
            Transformer = new TransformerConfig { Width = 128, Layers = 4, Heads = 4, Activation = Activation.Gelu },
        },
        Text = new ClipTextConfig
        {
            ContextLength = 32,
            VocabularySize = 1024,
            Transformer = new TransformerConfig { Width = 128, Layers = 2, Heads = 2, Activation = Activation.Gelu },
        },
    };

    /// <summary>Runs one of the measurements.</summary>
    public static void Run(string[] args)
    {
        switch (args)
        {
            case [PeakOption, .. var numbers]:
                var of = numbers.Select(number => int.Parse(number, CultureInfo.InvariantCulture)).ToArray();
                Console.WriteLine(PeakOf(
                    of[3] == 0 ? Small : DualEncoderConfig.ViTB32, steps: of[0], batch: of[1], microBatch: of[2], useKernels: of[4] != 0).ToString(CultureInfo.InvariantCulture));
                break;
            case ["memory"]:
                Machine.Write(Console.Out);
                Memory();
                break;
            case ["speed", .. var rest]:
                Machine.Write(Console.Out);
                Speed(Runtime.Precision.Float32, ScalarType.Float32, rest);
                if (rest.Contains("float32"))
                    break;
                if (rest.Contains("--all") || Machine.HasBFloat16Products)
                    SpeedInBFloat16(rest);
                else
                    Console.WriteLine("This CPU emulates bfloat16; it is left out unless --all is given.");
                break;
            default:
                Console.WriteLine("training speed [float32|--all] [--full-texts] [--small] [--siglip] | memory");
                break;
        }
    }

    private static void SpeedInBFloat16(string[] options)
    {
        try
        {
            Runtime.ComputeTarget.Resolve("cpu", Runtime.Precision.BFloat16);
        }
        catch (Runtime.ComputeTargetException e)
        {
            Console.WriteLine(e.Message);
            return;
        }
        Speed(Runtime.Precision.BFloat16, ScalarType.BFloat16, options);
    }

    private static void Speed(Runtime.Precision precision, ScalarType dtype, string[] options)
    {
        var fullTexts = options.Contains(FullTextsOption);
        double? logitBias = options.Contains(SigLipOption) ? -10 : null;
        // Code is compiled again while it runs first, which short steps feel longest.
        Speed("small model", Small with { InitialLogitBias = logitBias }, batch: 64, warmUp: 40, steps: 20, precision, dtype, fullTexts);
        if (!options.Contains(SmallOption))
            Speed("ViT-B/32", DualEncoderConfig.ViTB32 with { InitialLogitBias = logitBias }, batch: 16, warmUp: 1, steps: 2, precision, dtype, fullTexts);
    }

    // In turns, so that what else the machine does meets both sides.
    private static void Speed(
        string name, DualEncoderConfig config, int batch, int warmUp, int steps, Runtime.Precision precision, ScalarType dtype, bool fullTexts)
    {
        using var network = new DualEncoder(config);
        var options = Options(batch, warmUp + steps) with { Precision = precision };
        List<double> kernels = [], modules = [], plain = [];
        for (var turn = 0; turn < Turns; turn++)
        {
            kernels.AddRange(Measure(network, options, fullTexts).Skip(warmUp));
            if (dtype != ScalarType.Float32)
                continue;
            modules.AddRange(Measure(network, options with { UseKernels = false }, fullTexts).Skip(warmUp));
            using var pairs = new OneBatch(config, fullTexts);
            plain.AddRange(new PlainSteps(network, Rate).Measure(pairs, batch, warmUp + steps).Skip(warmUp));
        }
        var product = ProductRate(dtype);
        Console.WriteLine(Describe($"{name}, {batch} pairs, {precision}", kernels));
        foreach (var (other, seconds) in new[] { ("  by libtorch's operators", modules), ("  by them, with libtorch's AdamW", plain) }.Where(side => side.Item2.Count > 0))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Describe(other, seconds)}; ratio {Interleaved.Median(seconds) / Interleaved.Median(kernels):F2}"));

        string Describe(string what, List<double> seconds)
        {
            var rate = batch / Interleaved.Median(seconds);
            return string.Create(CultureInfo.InvariantCulture,
                $"{what}: {Interleaved.Median(seconds) * 1e3:F0} ms, {rate:F1} pairs/s, {rate * FlopsPerPair(network.Config) / 1e9:F0} GFLOP/s; libtorch's matrix product {product / 1e9:F0}");
        }
    }

    private static void Memory()
    {
        foreach (var (name, batch, which) in ((string, int, int)[])[("small model", 64, 0), ("ViT-B/32", 16, 1)])
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"2 steps of {batch} pairs, {name}: {RunChild(2, batch, batch, which, 1) / 1e6:F0} MB with kernels, {RunChild(2, batch, batch, which, 0) / 1e6:F0} MB with libtorch's operators"));
        }
        const int MicroBatch = 64, Batch = 4096;
        // As many micro-batches in both, because the allocator keeps more of what was freed the longer it runs.
        var micro = RunChild(Batch / MicroBatch, MicroBatch, MicroBatch, 0, 1);
        var cached = RunChild(1, Batch, MicroBatch, 0, 1);
        var embeddings = 2.0 * Batch * Small.EmbeddingSize * sizeof(float);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Batch / MicroBatch} steps of {MicroBatch} pairs: {micro / 1e6:F0} MB above the process with model and batch"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"1 step of {Batch} pairs in micro-batches of {MicroBatch}: {cached / 1e6:F0} MB; {cached / (micro + embeddings):F2} of that and the embeddings ({embeddings / 1e6:F1} MB)"));
    }

    // Memory that an earlier step freed would be used again without being seen, so each measurement has a process of its own.
    private static double RunChild(params int[] numbers)
    {
        using var process = ChildProcess.Start(
            ["training", PeakOption, .. numbers.Select(number => number.ToString(CultureInfo.InvariantCulture))]);
        return double.Parse(process.StandardOutput.ReadToEnd(), CultureInfo.InvariantCulture);
    }

    private static double PeakOf(DualEncoderConfig config, int steps, int batch, int microBatch, bool useKernels)
    {
        using var network = new DualEncoder(config);
        using var pairs = new OneBatch(network.Config, fullTexts: false);
        using var trainer = new Trainer(network, Options(batch, steps) with { MicroBatch = microBatch, LossChunk = 64, UseKernels = useKernels });
        var baseline = 0L;
        pairs.Ready = () =>
        {
            pairs.Ready = null;
            GC.Collect();
            ProcessMemory.ResetPeak();
            baseline = ProcessMemory.Resident();
        };
        trainer.Run(pairs);
        return ProcessMemory.Peak() - baseline;
    }

    private static List<double> Measure(DualEncoder network, TrainerOptions options, bool fullTexts)
    {
        var seconds = new List<double>();
        using var pairs = new OneBatch(network.Config, fullTexts);
        using var trainer = new Trainer(network, options);
        trainer.Run(pairs, new Steps(report => seconds.Add(options.BatchSize / report.PairsPerSecond)));
        return seconds;
    }

    private static TrainerOptions Options(int batch, int steps) =>
        new() { Steps = steps, BatchSize = batch, Schedule = new ConstantSchedule(Rate, 0) };

    // Multiply-adds count twice, and the backward pass twice the forward pass. Per block 12 W² weights act on each token, and
    // attention multiplies 2 L W numbers for each.
    private static double FlopsPerPair(DualEncoderConfig config)
    {
        var image = (VisionTransformerConfig)config.Image;
        var grid = (long)(image.Resolution.Height / image.PatchSize) * (image.Resolution.Width / image.PatchSize);
        return 3 * 2 * (
            grid * 3 * image.PatchSize * image.PatchSize * image.Transformer.Width
            + Blocks(image.Transformer, grid + 1)
            + Blocks(((ClipTextConfig)config.Text).Transformer, config.Text.ContextLength));

        static double Blocks(TransformerConfig blocks, double tokens) =>
            blocks.Layers * tokens * (12.0 * blocks.Width * blocks.Width + 2 * tokens * blocks.Width);
    }

    private static double ProductRate(ScalarType dtype)
    {
        const int Side = 2048;
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var (one, other) = (randn(Side, Side).to(dtype), randn(Side, Side).to(dtype));
        var seconds = Enumerable.Range(0, Rounds + 1).Select(_ =>
        {
            var start = Stopwatch.GetTimestamp();
            using var product = one.matmul(other);
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        }).Skip(1).Order().ElementAt(Rounds / 2);
        return 2.0 * Side * Side * Side / seconds;
    }

    private sealed class Steps(Action<TrainingProgress> then) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => then(value);
    }

    private sealed class OneBatch(DualEncoderConfig config, bool fullTexts) : IPairSource
    {
        public Action? Ready { get; set; }

        public string Identity => "random";

        public long? SamplesPerEpoch => null;

        public IEnumerable<PairBatch> Batches(int size, PairPosition from, CancellationToken cancellationToken = default)
        {
            // Drawn once: it is no part of a step.
            using var images = randn(size, 3, config.Image.Resolution.Height, config.Image.Resolution.Width);
            using var tokens = randint(1, config.Text.VocabularySize, [size, config.Text.ContextLength], ScalarType.Int64);
            if (fullTexts)
                tokens.select(1, -1).fill_(config.Text.VocabularySize - 1);
            while (true)
            {
                // Copies would be made by libtorch's threads, which spin on into the step.
                var batch = new PairBatch(images.alias(), tokens.alias(), PairPosition.Start);
                Ready?.Invoke();
                yield return batch;
            }
        }

        public void Dispose()
        {
        }
    }
}
