namespace Clip.Models;

/// <summary>What the towers' public constructors check before they build.</summary>
internal static class TowerCheck
{
    public static TConfig ValidImage<TConfig>(TConfig config, int embeddingSize)
        where TConfig : ImageTowerConfig
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(embeddingSize);
        config.Validate(new ConfigCheck(""));
        return config;
    }

    public static TConfig ValidText<TConfig>(TConfig config, int embeddingSize)
        where TConfig : TextTowerConfig
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(embeddingSize);
        config.Validate(new ConfigCheck(""));
        return config;
    }

    /// <summary>Weights in float32 on the CPU, for a tower that is about to be initialized.</summary>
    public static WeightFactory NewWeights()
    {
        Runtime.TorchLibraries.EnsureLoaded();
        return new WeightFactory(ScalarType.Float32, CPU);
    }
}
