using Clip.Checkpoints;

namespace Clip.Models;

/// <summary>Which tensor of a checkpoint goes into which parameter; made only when all of them fit.</summary>
/// <param name="Keys">The tensors to copy.</param>
internal sealed record LoadPlan(IReadOnlyList<CheckpointKey> Keys)
{
    /// <summary>Compares all names and shapes.</summary>
    /// <param name="tensors">The checkpoint.</param>
    /// <param name="config">The architecture it was written from.</param>
    /// <exception cref="CheckpointMismatchException">A tensor is missing, left over, or of another shape.</exception>
    public static LoadPlan Create(CheckpointTensors tensors, DualEncoderConfig config)
    {
        // On the meta device the model has names and shapes and no memory.
        using var scope = NewDisposeScope();
        using var outline = new DualEncoder(config, new WeightFactory(ScalarType.Float32, META));
        return Create(tensors, outline.state_dict(), KeyMaps.For(config));
    }

    /// <summary>Compares all names and shapes.</summary>
    /// <param name="tensors">The checkpoint.</param>
    /// <param name="parameters">What is to be filled, of which the shapes count.</param>
    /// <param name="maps">The kinds of names in which it may be stored.</param>
    /// <exception cref="CheckpointMismatchException">A tensor is missing, left over, or of another shape.</exception>
    public static LoadPlan Create(CheckpointTensors tensors, Dictionary<string, Tensor> parameters, IReadOnlyList<KeyMap> maps)
    {
        var (map, keys) = BestMap(tensors, maps, parameters.Keys);
        var missing = new List<string>();
        var unequal = new List<ShapeMismatch>();
        var present = new List<CheckpointKey>();
        foreach (var key in keys)
        {
            var expected = key.View(parameters[key.Parameter]).shape;
            if (tensors.ShapeOf(key.Name) is not { } actual)
            {
                if (!IsOptional(key))
                    missing.Add(key.Name);
            }
            else if (!actual.SequenceEqual(expected) && !IsScalar(actual, expected))
            {
                unequal.Add(new ShapeMismatch(key.Name, [.. expected], [.. actual]));
            }
            else
            {
                present.Add(key);
            }
        }

        var known = keys.Select(key => key.Name).ToHashSet();
        var unexpected = tensors.Names.Where(name => !known.Contains(name) && !map.Ignores(name)).ToArray();
        if (missing.Count > 0)
        {
            foreach (var candidate in maps.Select(candidate => candidate.Map(parameters.Keys)).OfType<IReadOnlyList<CheckpointKey>>())
                tensors.RefuseWrapper([.. candidate.Select(key => key.Name)]);
        }
        if (missing.Count + unexpected.Length + unequal.Count > 0)
            throw new CheckpointMismatchException(tensors.Path, map.Name, missing, unexpected, unequal);
        return new LoadPlan(present);
    }

    /// <summary>The part of the plan that fills some of the parameters, such as those of one tower.</summary>
    /// <param name="parameters">What is there to be filled.</param>
    public LoadPlan Only(IReadOnlyDictionary<string, Tensor> parameters) => new([.. Keys.Where(key => parameters.ContainsKey(key.Parameter))]);

    // The kind whose names the checkpoint has most of: a file that fits none is then compared with the nearest.
    private static (KeyMap Map, IReadOnlyList<CheckpointKey> Keys) BestMap(
        CheckpointTensors tensors, IReadOnlyList<KeyMap> maps, ICollection<string> parameters) =>
        maps.Select(map => (Map: map, Keys: map.Map(parameters)))
            .Where(candidate => candidate.Keys is not null)
            .Select(candidate => (candidate.Map, Keys: candidate.Keys!))
            .MaxBy(candidate => candidate.Keys.Count(key => tensors.Contains(key.Name)));

    // Counts batches for an average that CLIP's norms do not use; some exporters leave it out.
    private static bool IsOptional(CheckpointKey key) => key.Name.EndsWith(".num_batches_tracked", StringComparison.Ordinal);

    // The logit scale and bias are stored with no dimension or with one.
    private static bool IsScalar(IReadOnlyList<long> actual, long[] expected) => expected.Length == 0 && actual is [1];
}
