using Clip.Checkpoints;

namespace Clip.Models;

/// <summary>Takes off what training programs wrap around the names of a model's weights.</summary>
/// <remarks>
/// <para>
/// A training checkpoint keeps the model under a key of its own beside the optimizer, sometimes twice, as it is and as its exponential
/// moving average (EMA). Distributed training, compilation and Lightning's modules put more before every name.
/// </para>
/// <para>Where more than one place could be meant, none is taken: the caller says which.</para>
/// </remarks>
internal static class Wrappers
{
    // Keys of the dictionary that a program saves; whatever else is in it is the state of training.
    private static readonly HashSet<string> Dictionaries = ["state_dict", "model_state_dict"];

    // Keys of such a dictionary too, or modules around the model: DistributedDataParallel's, DeepSpeed's, Lightning's.
    private static readonly HashSet<string> Modules = ["model", "module", "clip_model"];

    // The same for an EMA, in timm's words and others'.
    private static readonly HashSet<string> Averages = ["ema", "ema_state_dict", "model_ema", "state_dict_ema", "ema_model"];

    // Parts of the names of what may stand beside a module without being part of it.
    private static readonly string[] TrainingState =
        ["optim", "sched", "scaler", "amp", "loss", "criterion", "metric", "rng", "random", "loop", "callback", "step", "epoch"];

    // torch.compile, FullyShardedDataParallel and activation checkpointing wrap modules at any depth.
    private static readonly HashSet<string> Transparent = ["_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module"];

    // Wrappers around wrappers; programs nest three or four.
    private const int MostNested = 8;

    /// <summary>Finds the weights among a checkpoint's tensors.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="names">The names of all its tensors.</param>
    /// <param name="weightsKey">What the weights' names begin with, where the caller says it; null to find it.</param>
    /// <returns>The weights' plain names, each with its name in the file, in the file's order.</returns>
    /// <exception cref="CheckpointException">There are no weights at the key; or, without one, in more than one place.</exception>
    public static Dictionary<string, string> TakeOff(string path, IEnumerable<string> names, string? weightsKey)
    {
        var weights = new Branch("", [.. names.Select(name => (Plain(name), name))]);
        if (weightsKey is not null)
            weights = Choose(path, weights, weightsKey.TrimEnd('.'));

        for (var nested = 0; nested < MostNested; nested++)
        {
            var places = weights.Below(key => Dictionaries.Contains(key) || Modules.Contains(key) || Averages.Contains(key));
            if (places.Count == 0)
                break;
            if (places.Count > 1)
            {
                throw new CheckpointException(
                    path, $"holds weights in {places.Count} places, {Describe(places)}. Say which are meant: {nameof(LoadOptions.WeightsKey)} names one.");
            }

            var isWhole = nested == 0 && weightsKey is null && !Modules.Contains(places[0].Key);
            if (!isWhole && weights.FirstBeside(places[0], IsTrainingState) is { } other)
            {
                throw new CheckpointException(
                    path, $"holds weights in {Describe(places)}, and more beside them, such as '{other}'. Where the former alone are the model, say so: "
                    + $"{nameof(LoadOptions.WeightsKey)} names them.");
            }
            weights = places[0];
        }

        var unwrapped = new Dictionary<string, string>(weights.Count, StringComparer.Ordinal);
        foreach (var (name, original) in weights.Names)
        {
            if (!unwrapped.TryAdd(name, original))
                throw new CheckpointException(path, $"holds '{name}' twice, as '{unwrapped[name]}' and as '{original}'.");
        }
        return unwrapped;
    }

    /// <summary>Finds weights behind something that is not known here, so that a message can name it.</summary>
    /// <param name="names">Plain names, each with its name in the file.</param>
    /// <param name="expected">The names that the model's weights have.</param>
    /// <returns>What the names in the file begin with, in each place where most of the weights are; none where they are not wrapped.</returns>
    public static IReadOnlyList<string> FindUnknown(IReadOnlyDictionary<string, string> names, IReadOnlyCollection<string> expected)
    {
        if (expected.Count(names.ContainsKey) * 2 > expected.Count)
            return [];

        var longest = expected.Max(name => name.Length);
        var isExpected = expected.ToHashSet(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        var places = new Dictionary<string, (int Count, string Original)>(StringComparer.Ordinal);
        foreach (var (name, original) in names)
        {
            for (var end = name.IndexOf('.'); end >= 0; end = name.IndexOf('.', end + 1))
            {
                if (name.Length - end - 1 > longest || !isExpected.Contains(name.AsSpan(end + 1)))
                    continue;
                var place = name[..end];
                var key = original.EndsWith(name[end..], StringComparison.Ordinal) ? original[..^(name.Length - end)] : place;
                places[place] = (places.GetValueOrDefault(place).Count + 1, key);
            }
        }
        return [.. places.Values.Where(place => place.Count * 2 > expected.Count).Select(place => place.Original)];
    }

    private static Branch Choose(string path, Branch all, string weightsKey)
    {
        var prefix = $"{weightsKey}.";
        var chosen = all.Names.Where(name => name.Original.StartsWith(prefix, StringComparison.Ordinal))
            .Select(name => (Plain(name.Original[prefix.Length..]), name.Original)).ToList();
        if (chosen.Count > 0)
            return new Branch(weightsKey, chosen);

        const int MostShown = 10;
        var keys = all.Names.Select(name => name.Original.Split('.')[0]).Distinct().ToList();
        throw new CheckpointException(
            path, $"has no tensors whose names begin with '{prefix}'. They begin with {string.Join(", ", keys.Take(MostShown).Select(key => $"'{key}'"))}"
            + (keys.Count > MostShown ? ", and more." : "."));
    }

    private static bool IsTrainingState(string key) => TrainingState.Any(part => key.Contains(part, StringComparison.OrdinalIgnoreCase));

    private static string Plain(string name)
    {
        if (!name.Contains('_', StringComparison.Ordinal))
            return name;
        var segments = name.Split('.');
        return segments.Any(Transparent.Contains) ? string.Join('.', segments.Where(segment => !Transparent.Contains(segment))) : name;
    }

    private static string Describe(IEnumerable<Branch> places) =>
        string.Join(" and ", places.Select(place => $"'{place.Key}' ({place.Count} tensors{(Averages.Contains(place.Key.Split('.')[^1]) ? ", a moving average" : "")})"));

    // The tensors whose names begin alike: what they begin with, and the rest of each name beside the whole.
    private sealed record Branch(string Key, IReadOnlyList<(string Name, string Original)> Names)
    {
        public int Count => Names.Count;

        public IReadOnlyList<Branch> Below(Func<string, bool> isWanted) =>
        [
            .. Names.Select(name => (Segment: FirstSegment(name.Name), name.Name, name.Original))
                .Where(name => name.Segment.Length < name.Name.Length && isWanted(name.Segment))
                .GroupBy(name => name.Segment, name => (name.Name[(name.Segment.Length + 1)..], name.Original))
                .Select(group => new Branch(Key.Length == 0 ? group.Key : $"{Key}.{group.Key}", [.. group])),
        ];

        public string? FirstBeside(Branch inner, Func<string, bool> isAllowed)
        {
            var inside = inner.Names.Select(name => name.Original).ToHashSet(StringComparer.Ordinal);
            return Names.Where(name => !inside.Contains(name.Original) && !isAllowed(FirstSegment(name.Name))).Select(name => name.Original).FirstOrDefault();
        }

        private static string FirstSegment(string name) => name.IndexOf('.') is >= 0 and var end ? name[..end] : name;
    }
}
