namespace Clip.DependencyInjection;

/// <summary>From what an application sets to what loads a model.</summary>
internal static class ClipOptionsMapping
{
    public static ClipModelOptions ToModelOptions(this ClipOptions options)
    {
        var mapped = new ClipModelOptions
        {
            Device = options.Device,
            Precision = options.Precision,
            Quantization = options.Quantization,
            Towers = options.Towers,
            BatchSize = options.BatchSize,
            BatchInvariant = options.BatchInvariant,
            DecodingThreads = options.DecodingThreads,
            TextOverflow = options.TextOverflow,
            Activation = options.Activation,
            WeightsKey = options.WeightsKey,
            Vocabulary = options.Vocabulary,
        };
        if (options.FastDecoding)
            mapped = mapped with { Images = mapped.Images with { FastDecoding = true } };
        if (options.CacheFolder is { } folder)
            mapped = mapped with { Hub = mapped.Hub with { CacheFolder = folder } };
        if (options.Offline is { } offline)
            mapped = mapped with { Hub = mapped.Hub with { Offline = offline } };
        if (options.ConfigureModel is not { } configure)
            return mapped;
        return configure(mapped) ?? throw new InvalidOperationException($"{nameof(ClipOptions)}.{nameof(ClipOptions.ConfigureModel)} returned null.");
    }

    public static void CopyTo(this ClipOptions from, ClipOptions to)
    {
        to.Model = from.Model;
        to.Device = from.Device;
        to.Precision = from.Precision;
        to.Quantization = from.Quantization;
        to.Towers = from.Towers;
        to.BatchSize = from.BatchSize;
        to.BatchInvariant = from.BatchInvariant;
        to.DecodingThreads = from.DecodingThreads;
        to.FastDecoding = from.FastDecoding;
        to.MaxConcurrency = from.MaxConcurrency;
        to.TextOverflow = from.TextOverflow;
        to.Activation = from.Activation;
        to.WeightsKey = from.WeightsKey;
        to.Vocabulary = from.Vocabulary;
        to.Offline = from.Offline;
        to.CacheFolder = from.CacheFolder;
        to.ConfigureModel = from.ConfigureModel;
    }
}
