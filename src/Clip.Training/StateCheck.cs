namespace Clip.Training;

/// <summary>Compares the tensors of a state that was read with those it is to replace.</summary>
internal static class StateCheck
{
    /// <summary>Requires the same names and shapes.</summary>
    public static void RequireSame(IReadOnlyDictionary<string, Tensor> own, IReadOnlyDictionary<string, Tensor> read, string what)
    {
        if (own.Keys.FirstOrDefault(name => !read.ContainsKey(name)) is { } missing)
            throw new ArgumentException($"The state of the {what} has no '{missing}'.");
        if (read.Keys.FirstOrDefault(name => !own.ContainsKey(name)) is { } unknown)
            throw new ArgumentException($"The state of the {what} has '{unknown}', which is not one of theirs.");
        foreach (var (name, value) in own)
        {
            if (!value.shape.SequenceEqual(read[name].shape))
                throw new ArgumentException($"'{name}' is [{string.Join(", ", read[name].shape)}] in the state but [{string.Join(", ", value.shape)}] here.");
        }
    }
}
