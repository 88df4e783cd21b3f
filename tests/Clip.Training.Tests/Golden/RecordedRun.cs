using System.Text.Json;
using Clip.Checkpoints;
using Clip.Parity.Tests;
using Clip.Training.Data;
using Clip.Training.Optimization;
using Clip.Training.Schedules;

namespace Clip.Training.Tests.Golden;

/// <summary>A training run of open_clip that was recorded: five steps of AdamW on eight pairs each.</summary>
internal sealed class RecordedRun : IDisposable
{
    private const string TextPrefix = "text.";
    private static readonly string[] TextNames = ["token_embedding.", "positional_embedding", "transformer.", "ln_final.", "text_projection"];

    private readonly JsonDocument _settings;

    public RecordedRun(string name)
    {
        _settings = JsonDocument.Parse(File.ReadAllText(Fixtures.Find("training", $"{name}.json")));
        Start = new ReferenceTensors(Fixtures.Find("training", "classic.safetensors"));
    }

    public static DualEncoderConfig Config { get; } = new()
    {
        EmbeddingSize = 24,
        Image = new VisionTransformerConfig
        {
            Resolution = 32,
            PatchSize = 16,
            Transformer = new TransformerConfig { Width = 32, Layers = 2, Heads = 2, Activation = Activation.QuickGelu },
        },
        Text = new ClipTextConfig
        {
            ContextLength = 16,
            VocabularySize = 70,
            Transformer = new TransformerConfig { Width = 32, Layers = 2, Heads = 2, Activation = Activation.QuickGelu },
        },
    };

    public JsonElement Settings => _settings.RootElement;

    /// <summary>Weights at the start, and in double precision at the end of the run "classic".</summary>
    public ReferenceTensors Start { get; }

    public TrainerOptions Options => new()
    {
        Steps = Settings.GetProperty("steps").GetInt64(),
        BatchSize = 8,
        Schedule = new CosineSchedule(Settings.GetProperty("base_lr").GetDouble(), Settings.GetProperty("warmup").GetInt64(), Settings.GetProperty("steps").GetInt64()),
        Optimizer = new AdamWOptions { Beta1 = 0.9, Beta2 = 0.98, Epsilon = Settings.GetProperty("eps").GetDouble() },
        WeightDecay = Settings.GetProperty("weight_decay").GetDouble(),
        WeightDecayRule = Settings.GetProperty("rule").GetString() == "current" ? WeightDecayRule.ExceptGainsBiasesAndPositions : WeightDecayRule.ExceptGainsAndBiases,
        MaxGradientNorm = Settings.GetProperty("clip").ValueKind == JsonValueKind.Null ? null : Settings.GetProperty("clip").GetDouble(),
    };

    public double[] Numbers(string name) => [.. Settings.GetProperty(name).EnumerateArray().Select(value => value.GetDouble())];

    /// <summary>The model as it was before the first step.</summary>
    public DualEncoder CreateModel(ScalarType dtype)
    {
        using var folder = new TemporaryFolder();
        var weights = Start.Names
            .Where(name => name.StartsWith("init.", StringComparison.Ordinal))
            .Select(name => KeyValuePair.Create(name["init.".Length..], Start[name]));
        var path = SafetensorsFile.Write(folder.File("model.safetensors"), weights);
        var model = DualEncoder.Load(path, new LoadOptions { Config = Config });
        model.to(dtype);
        using var noGradients = no_grad();
        var logScale = model.state_dict()["logit_scale"];
        // The recording's float64 runs start at the float32 weights.
        logScale.fill_((double)(float)Settings.GetProperty("ls").GetDouble());
        return model;
    }

    /// <summary>The name of a recorded tensor here, where the text tower's names begin with its own.</summary>
    public static string NameOf(string recorded) =>
        Array.Exists(TextNames, name => recorded.StartsWith(name, StringComparison.Ordinal)) ? TextPrefix + recorded : recorded;

    public void Dispose()
    {
        Start.Dispose();
        _settings.Dispose();
    }

    /// <summary>The batches of the run.</summary>
    internal sealed class Pairs : IPairSource
    {
        private readonly ReferenceTensors _inputs = new(Fixtures.Find("training", "inputs.safetensors"));

        public string Identity => "recorded";

        public long? SamplesPerEpoch => 40;

        public IEnumerable<PairBatch> Batches(int size, PairPosition from, CancellationToken cancellationToken = default)
        {
            for (var step = from.Sample; step < 5; step++)
                yield return new PairBatch(_inputs[$"step{step}.image"].clone(), _inputs[$"step{step}.text"].clone(), new PairPosition(0, step + 1));
        }

        public void Dispose() => _inputs.Dispose();
    }
}
