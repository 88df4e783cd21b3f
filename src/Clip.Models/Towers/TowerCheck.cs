namespace Clip.Models;

/// <summary>What the towers' public constructors check before they build.</summary>
internal static class TowerCheck
{
    public static TConfig ValidImage<TConfig>(TConfig config, int embeddingSize)
        where TConfig : ImageTowerConfig => Valid(config, embeddingSize, (image, check) => image.Validate(check));

    public static TConfig ValidText<TConfig>(TConfig config, int embeddingSize)
        where TConfig : TextTowerConfig => Valid(config, embeddingSize, (text, check) => text.Validate(check));

    /// <summary>Weights in float32 on the CPU, for a tower that is about to be initialized.</summary>
    public static WeightFactory NewWeights()
    {
        Runtime.TorchLibraries.EnsureLoaded();
        return new WeightFactory(ScalarType.Float32, CPU);
    }

    private static TConfig Valid<TConfig>(TConfig config, int embeddingSize, Action<TConfig, ConfigCheck> validate)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(embeddingSize);
        validate(config, new ConfigCheck(""));
        return config;
    }
}
