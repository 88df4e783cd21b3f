namespace Clip.Models.Tests;

/// <summary>Names and shapes of a model that is built without memory.</summary>
internal static class Outline
{
    /// <summary>One line per tensor in the native layout, such as "visual.proj [768, 512]".</summary>
    public static IReadOnlyList<string> NativeKeys(DualEncoderConfig config) => Keys(config, KeyMaps.For(config, WeightLayout.Native)!);

    /// <summary>The same by other names.</summary>
    public static IReadOnlyList<string> Keys(DualEncoderConfig config, KeyMap names)
    {
        using var scope = NewDisposeScope();
        using var network = new DualEncoder(config, new WeightFactory(ScalarType.Float32, META));
        var state = network.state_dict();
        return names.Map(state.Keys)!
            .Select(key => $"{key.Name} [{string.Join(", ", key.View(state[key.Parameter]).shape)}]")
            .ToArray();
    }

    public static long ParameterCount(DualEncoderConfig config)
    {
        using var scope = NewDisposeScope();
        using var network = new DualEncoder(config, new WeightFactory(ScalarType.Float32, META));
        return network.parameters().Sum(parameter => parameter.numel());
    }
}
