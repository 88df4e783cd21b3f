using Clip.Checkpoints;
using Clip.Shared;

namespace Clip.Models;

/// <summary>A folder of the PEFT library: low-rank changes of a model's matrices, without the model.</summary>
/// <remarks>
/// A change is <c>scale · B · A</c> (Hu et al. 2021, section 4.1), with the scale alpha / rank, or alpha / sqrt(rank) of rank-stabilized
/// adapters (Kalajdzievski 2023). Whole tensors beside the changes, such as trained biases or heads, replace the model's.
/// </remarks>
internal sealed class LoraAdapter : IDisposable
{
    private const string ConfigName = "adapter_config.json";
    private const string Prefix = "base_model.model.", Down = ".lora_A.weight", Up = ".lora_B.weight", Weight = ".weight";

    private static readonly string[] WeightNames = ["adapter_model.safetensors", "adapter_model.bin"];

    // What says how the adapter was trained, and changes nothing in what it computes.
    private static readonly string[] Unrelated =
    [
        "auto_mapping", "revision", "task_type", "inference_mode", "target_modules", "exclude_modules", "modules_to_save", "lora_dropout", "bias",
        "init_lora_weights", "layers_to_transform", "layers_pattern", "rank_pattern", "peft_version", "base_model_name_or_path", "r",
        "loftq_config", "eva_config", "corda_config", "megatron_config", "megatron_core", "runtime_config", "qalora_group_size",
        "ensure_weight_tying", "target_parameters", "trainable_token_indices", "layer_replication",
    ];

    // What would make another change of the weights.
    private static readonly string[] MustBeOff = ["fan_in_fan_out", "use_dora", "lora_bias", "use_qalora"];

    private readonly Checkpoint _checkpoint;
    private readonly IReadOnlyDictionary<string, string> _names;
    private readonly double _alpha;
    private readonly bool _isRankStabilized;

    private LoraAdapter(Checkpoint checkpoint, string? baseModel, double alpha, bool isRankStabilized)
    {
        (_checkpoint, BaseModel, _alpha, _isRankStabilized) = (checkpoint, baseModel, alpha, isRankStabilized);
        _names = checkpoint.Tensors.Keys.ToDictionary(Plain);
    }

    /// <summary>What the adapter says it was trained on: a folder, or a name on the Hub.</summary>
    public string? BaseModel { get; }

    /// <summary>Whether a path is such a folder.</summary>
    public static bool IsAt(string path) =>
        File.Exists(Path.Combine(path, ConfigName)) && WeightNames.Any(name => File.Exists(Path.Combine(path, name)));

    /// <summary>Opens a folder.</summary>
    /// <exception cref="CheckpointException">A file is broken, or the adapter is of a kind that is not supported.</exception>
    public static LoraAdapter Open(string folder)
    {
        var config = Path.Combine(folder, ConfigName);
        using var document = StrictJsonFile.Read(config, (problem, cause) => new CheckpointException(config, problem, cause));
        var root = new ConfigSection(config, "", document.RootElement);
        if (root.Text("peft_type") is var kind and not "LORA")
            throw root.Error("peft_type", $"'{kind}' is not supported; 'LORA' is");
        root.RequireOff(MustBeOff);
        root.Ignore(Unrelated);
        if (root.Section("alpha_pattern") is { } pattern)
            pattern.RefuseUnknown();
        var alpha = root.OptionalNumber("lora_alpha") ?? throw root.Error("lora_alpha", "it is missing");
        var isRankStabilized = root.Flag("use_rslora");
        var baseModel = root.Text("base_model_name_or_path");
        root.RefuseUnknown();

        var checkpoint = Checkpoint.Open(Path.Combine(folder, WeightNames.First(name => File.Exists(Path.Combine(folder, name)))));
        try
        {
            return new LoraAdapter(checkpoint, baseModel, alpha, isRankStabilized);
        }
        catch (ArgumentException e)
        {
            checkpoint.Dispose();
            throw new CheckpointException(checkpoint.Path, $"holds a tensor twice: {e.Message}", e);
        }
    }

    /// <summary>Changes a model's weights.</summary>
    /// <param name="network">The model the adapter was trained on.</param>
    /// <param name="allowNonFinite">Whether NaN and infinity are accepted.</param>
    /// <exception cref="CheckpointException">The adapter holds NaN or infinity.</exception>
    /// <exception cref="CheckpointMismatchException">The model has no matrix of a name or shape; nothing was changed.</exception>
    public void MergeInto(DualEncoder network, bool allowNonFinite)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var parameters = network.state_dict().ToDictionary(entry => entry.Key, entry => entry.Value.detach());
        // The names are those of the class that was adapted, whatever files the model came from.
        var (map, keys) = KeyMaps.For(network.Config)
            .Select(map => (Map: map, Keys: map.Map(parameters.Keys)?.ToDictionary(key => key.Name)))
            .Where(candidate => candidate.Keys is not null)
            .MaxBy(candidate => Targets.Count(candidate.Keys!.ContainsKey));
        var changes = Compare(keys!, parameters, map.Name);
        foreach (var (name, view) in changes)
        {
            Change(name, view);
            if (!allowNonFinite && !view.isfinite().all().item<bool>())
            {
                throw new CheckpointException(
                    _checkpoint.Path, $"makes NaN or infinity of '{name}'; {nameof(LoadOptions)}.{nameof(LoadOptions.AllowNonFinite)} allows it.");
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _checkpoint.Dispose();

    // The model's tensors that change.
    private IEnumerable<string> Targets => _names.Keys.Where(name => !name.EndsWith(Up, StringComparison.Ordinal))
        .Select(name => name.EndsWith(Down, StringComparison.Ordinal) ? name[..^Down.Length] + Weight : name);

    private List<(string Name, Tensor View)> Compare(Dictionary<string, CheckpointKey> keys, Dictionary<string, Tensor> parameters, string kind)
    {
        var changes = new List<(string, Tensor)>();
        var (missing, unexpected, unequal) = (new List<string>(), new List<string>(), new List<ShapeMismatch>());
        foreach (var name in _names.Keys.Where(name => name.EndsWith(Up, StringComparison.Ordinal)))
        {
            if (!_names.ContainsKey(name[..^Up.Length] + Down))
                missing.Add(name[..^Up.Length] + Down);
        }
        foreach (var target in Targets)
        {
            if (!keys.TryGetValue(target, out var key))
            {
                unexpected.Add(target);
                continue;
            }
            var view = key.View(parameters[key.Parameter]);
            if (!_names.ContainsKey(target) && !_names.ContainsKey(Factor(target, Up)))
                missing.Add(Factor(target, Up));
            else if (ShapeOf(target) is var shape && !shape.SequenceEqual(view.shape))
                unequal.Add(new ShapeMismatch(target, [.. view.shape], [.. shape]));
            else
                changes.Add((target, view));
        }
        if (missing.Count + unexpected.Count + unequal.Count > 0)
            throw new CheckpointMismatchException(_checkpoint.Path, $"{kind}, adapted", missing, unexpected, unequal);
        return changes;
    }

    // Of a change the shape of its product; that of a matrix is wrong where the factors do not meet.
    private long[] ShapeOf(string target)
    {
        if (_names.TryGetValue(target, out var whole))
            return [.. _checkpoint.Tensors[whole].Shape];
        var (down, up) = (_checkpoint.Tensors[_names[Factor(target, Down)]].Shape, _checkpoint.Tensors[_names[Factor(target, Up)]].Shape);
        return down is [var rank, var inputs] && up is [var outputs, var same] && rank == same && rank > 0 ? [outputs, inputs] : [.. up, .. down];
    }

    private void Change(string target, Tensor view)
    {
        using var scope = NewDisposeScope();
        if (_names.TryGetValue(target, out var whole))
        {
            view.copy_(_checkpoint.ReadTensor(whole));
            return;
        }
        // At least in float32, and in float64 where the model is.
        var dtype = view.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        var down = _checkpoint.ReadTensor(_names[Factor(target, Down)], dtype);
        var up = _checkpoint.ReadTensor(_names[Factor(target, Up)], dtype);
        double rank = down.shape[0];
        var scale = _alpha / (_isRankStabilized ? Math.Sqrt(rank) : rank);
        view.copy_(view.to(dtype).Plus(up.matmul(down).Times(scale).to(view.device)));
    }

    private static string Factor(string target, string ending) => target[..^Weight.Length] + ending;

    // Adapters that are not saved by PEFT's own method keep the adapter's name too.
    private static string Plain(string name)
    {
        var plain = name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : name;
        return plain.Replace(".lora_A.default.", ".lora_A.", StringComparison.Ordinal)
            .Replace(".lora_B.default.", ".lora_B.", StringComparison.Ordinal)
            .Replace(".modules_to_save.default.", ".", StringComparison.Ordinal);
    }
}
