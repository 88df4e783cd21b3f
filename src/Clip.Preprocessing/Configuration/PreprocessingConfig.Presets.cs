namespace Clip.Preprocessing;

public sealed partial record PreprocessingConfig
{
    // Means and deviations of OpenAI's training images: clip.py of the original repository.
    private static readonly ChannelValues OpenAIMean = new(0.48145466f, 0.4578275f, 0.40821073f);
    private static readonly ChannelValues OpenAIDeviation = new(0.26862954f, 0.26130258f, 0.27577711f);

    // The usual values for ImageNet, in torchvision's model documentation.
    private static readonly ChannelValues ImageNetMean = new(0.485f, 0.456f, 0.406f);
    private static readonly ChannelValues ImageNetDeviation = new(0.229f, 0.224f, 0.225f);

    private static readonly ChannelValues Half = new(0.5f, 0.5f, 0.5f);

    /// <summary>The original models, and open_clip's unless their config says otherwise: shortest side, bicubic.</summary>
    /// <param name="resolution">224 for most; the model's card has it.</param>
    public static PreprocessingConfig OpenAI(Resolution resolution) => new() { Resolution = resolution };

    /// <summary>The original models as the Hugging Face processor prepares their images: RGB first, crop rounded down.</summary>
    /// <param name="resolution">224 for most; the model's card has it.</param>
    public static PreprocessingConfig HuggingFace(Resolution resolution) => new()
    {
        Resolution = resolution,
        ColorOrder = ColorOrder.ConvertThenResize,
        CropRounding = CropRounding.Floor,
    };

    /// <summary>SigLIP: squashed, bicubic, values from -1 to 1.</summary>
    /// <param name="resolution">224, 256, 384 or 512; the model's card has it.</param>
    public static PreprocessingConfig SigLip(Resolution resolution) => new()
    {
        Resolution = resolution,
        ResizeMode = ResizeMode.Squash,
        Mean = Half,
        Deviation = Half,
    };

    /// <summary>SigLIP 2 NaFlex: the aspect ratio kept, bilinear, values from -1 to 1.</summary>
    /// <param name="patchSize">Side of a patch; 16 in the published models.</param>
    /// <param name="mostPatches">The most patches of an image; 256 unless the model's card says otherwise.</param>
    public static PreprocessingConfig NaFlex(int patchSize = 16, int mostPatches = 256) =>
        SigLip(patchSize * (int)Math.Sqrt(mostPatches)) with
        {
            Patches = new PatchBudget(patchSize, mostPatches),
            Interpolation = Interpolation.Bilinear,
            ColorOrder = ColorOrder.ConvertThenResize,
        };

    /// <summary>CLIPA: squashed, bilinear, ImageNet's mean and deviation.</summary>
    /// <param name="resolution">224 or 336; the model's card has it.</param>
    public static PreprocessingConfig Clipa(Resolution resolution) => new()
    {
        Resolution = resolution,
        ResizeMode = ResizeMode.Squash,
        Interpolation = Interpolation.Bilinear,
        Mean = ImageNetMean,
        Deviation = ImageNetDeviation,
    };

    /// <summary>MobileCLIP, and the smaller models of MobileCLIP 2: shortest side, bilinear, values from 0 to 1 as they are.</summary>
    /// <param name="resolution">224 or 256; the model's card has it.</param>
    public static PreprocessingConfig MobileClip(Resolution resolution) => new()
    {
        Resolution = resolution,
        Interpolation = Interpolation.Bilinear,
        Mean = new(0, 0, 0),
        Deviation = new(1, 1, 1),
    };

    /// <summary>PE-Core: squashed, bilinear, values from -1 to 1.</summary>
    /// <param name="resolution">224, 336, 384 or 448; the model's card has it.</param>
    public static PreprocessingConfig PerceptionEncoder(Resolution resolution) => SigLip(resolution) with { Interpolation = Interpolation.Bilinear };
}
