namespace Clip.Models;

/// <summary>The kinds of towers there are, in the order in which they are asked.</summary>
internal static class TowerFamilies
{
    public static IReadOnlyList<ImageFamily> Images { get; } =
    [
        PerceptionEncoderFamily.Instance,
        EvaFamily.Instance,
        TimmVitFamily.Instance,
        RelativeVitFamily.Instance,
        SigLipFamily.Instance,
        NaFlexFamily.Instance,
        ModifiedResNetFamily.Instance,
        ConvNextFamily.Instance,
        ViTaminFamily.Instance,
        SwinFamily.Instance,
        VisionTransformerFamily.Instance,
        FastVitFamily.Instance,
    ];

    public static IReadOnlyList<TextFamily> Texts { get; } =
    [
        ClipTextFamily.Instance,
        ModernTextFamily.Instance,
        HuggingFaceTextFamily.Instance,
        AltClipTextFamily.Instance,
        MobileClipTextFamily.Instance,
    ];

    /// <summary>The classes of Hugging Face's library that are known.</summary>
    public static IEnumerable<HuggingFaceModel> HuggingFace =>
        Images.Select(family => family.HuggingFace).OfType<HuggingFaceModel>().Concat(Texts.SelectMany(family => family.HuggingFace));
}
