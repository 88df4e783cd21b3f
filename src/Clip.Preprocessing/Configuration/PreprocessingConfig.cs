namespace Clip.Preprocessing;

/// <summary>What one set of weights expects of its images. It belongs to the weights and is not in their tensors.</summary>
/// <remarks>The defaults are OpenAI's; <see cref="Read"/> takes the values from the file beside the weights.</remarks>
public sealed partial record PreprocessingConfig
{
    /// <summary>The longest side a model may ask for; far above any real one.</summary>
    public const int MostResolution = 8192;

    /// <summary>The sides of the result.</summary>
    public required Resolution Resolution { get; init; }

    /// <summary>
    /// How images take sizes of their own, where the model takes any; null where all take the resolution. Then <see cref="ResizeMode"/> is
    /// <see cref="ResizeMode.Squash"/>, and the resolution is that of a square.
    /// </summary>
    public PatchBudget? Patches { get; init; }

    /// <summary>How an image of any shape takes that resolution.</summary>
    public ResizeMode ResizeMode { get; init; } = ResizeMode.Shortest;

    /// <summary>How new pixels are computed.</summary>
    public Interpolation Interpolation { get; init; } = Interpolation.Bicubic;

    /// <summary>Subtracted from each channel, whose values are from 0 to 1.</summary>
    public ChannelValues Mean { get; init; } = OpenAIMean;

    /// <summary>What each channel is divided by after that; not zero.</summary>
    public ChannelValues Deviation { get; init; } = OpenAIDeviation;

    /// <summary>Whether images become RGB before or after they are resized.</summary>
    public ColorOrder ColorOrder { get; init; } = ColorOrder.ResizeThenConvert;

    /// <summary>Where the crop begins.</summary>
    public CropRounding CropRounding { get; init; } = CropRounding.HalfToEven;

    /// <summary>The color of padding in <see cref="ResizeMode.Longest"/>.</summary>
    public FillColor Fill { get; init; }

    /// <summary>Checks that the values make sense together.</summary>
    /// <exception cref="ArgumentException">One does not; the message names it.</exception>
    public void Validate()
    {
        if (Resolution.Height is < 1 or > MostResolution || Resolution.Width is < 1 or > MostResolution)
            throw new ArgumentException($"Resolution must be from 1 to {MostResolution} pixels on each side but is {Resolution}.");
        if (Patches is { } patches)
        {
            if (patches.PatchSize is < 1 or > MostResolution || patches.MostPatches < 1
                || (long)patches.MostPatches * patches.PatchSize > (long)MostResolution * MostResolution / patches.PatchSize)
            {
                throw new ArgumentException(
                    $"Patches must be at least one, of at least one pixel, and all together at most {MostResolution} x {MostResolution}, but are {patches}.");
            }
            if (ResizeMode != ResizeMode.Squash)
                throw new ArgumentException($"ResizeMode must be {ResizeMode.Squash} where images take sizes of their own but is {ResizeMode}.");
        }
        RequireDefined(ResizeMode);
        RequireDefined(Interpolation);
        RequireDefined(ColorOrder);
        RequireDefined(CropRounding);
        for (var channel = 0; channel < 3; channel++)
        {
            if (!float.IsFinite(Mean[channel]))
                throw new ArgumentException($"Mean must be three numbers but is {Mean}.");
            // Dividing by less than the smallest normal number gives infinities.
            if (!float.IsFinite(Deviation[channel]) || Deviation[channel] < 1e-6f)
                throw new ArgumentException($"Deviation must be three numbers above zero but is {Deviation}.");
        }
    }

    private static void RequireDefined<T>(T value)
        where T : struct, Enum
    {
        if (!Enum.IsDefined(value))
            throw new ArgumentException($"{typeof(T).Name} has no value {value}.");
    }
}
