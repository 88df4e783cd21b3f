namespace Clip.Models;

/// <summary>How parameters are named and shaped in a checkpoint.</summary>
internal abstract class KeyRule
{
    /// <summary>The checkpoint's tensors for a parameter, or null when the rule does not speak of it.</summary>
    /// <param name="parameter">The parameter's name in the model.</param>
    public abstract IEnumerable<CheckpointKey>? Apply(string parameter);

    /// <summary>A parameter that has another name and is otherwise the same.</summary>
    public static KeyRule Rename(string parameter, string name) => new PatternRule(parameter, (name, tensor => tensor.alias()));

    /// <summary>A weight and a bias that have another name.</summary>
    public static IEnumerable<KeyRule> RenameBoth(string module, string name) =>
        [Rename($"{module}.weight", $"{name}.weight"), Rename($"{module}.bias", $"{name}.bias")];

    /// <summary>A matrix that is stored transposed.</summary>
    public static KeyRule Transpose(string parameter, string name) => new PatternRule(parameter, (name, tensor => tensor.t()));

    /// <summary>A parameter that has a first dimension of size one in the checkpoint.</summary>
    public static KeyRule Unsqueeze(string parameter, string name) => new PatternRule(parameter, (name, tensor => tensor.unsqueeze(0)));

    /// <summary>A parameter whose first two dimensions are one in the checkpoint.</summary>
    public static KeyRule Flatten(string parameter, string name) => new PatternRule(parameter, (name, tensor => tensor.flatten(0, 1)));

    /// <summary>Weights and biases of queries, keys and values: parts of in_proj that are tensors of their own.</summary>
    /// <param name="module">The attention's name in the model.</param>
    /// <param name="names">Each name in the checkpoint with its first row and its rows, counted in thirds.</param>
    public static IEnumerable<KeyRule> SplitProjection(string module, params (string Name, int First, int Count)[] names) =>
        new[] { "weight", "bias" }.Select(kind => new PatternRule(
            $"{module}.in_proj_{kind}",
            names.Select(part => ($"{part.Name}.{kind}", Rows(part.First, part.Count))).ToArray()));

    private static Func<Tensor, Tensor> Rows(int first, int count) => tensor =>
    {
        var third = tensor.shape[0] / 3;
        return tensor.narrow(0, first * third, count * third);
    };
}
