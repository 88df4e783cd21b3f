using System.Collections.Immutable;

namespace Clip.ZeroShot;

/// <summary>The names that OpenAI gave to the 1,000 classes of ImageNet.</summary>
/// <remarks>
/// Two names stand twice: "missile" (657 and 744) and "sunglasses" (836 and 837). A bank of them is made with
/// <see cref="ClassBankOptions.AllowDuplicateNames"/>. Source: openai/CLIP, notebooks/Prompt_Engineering_for_ImageNet.ipynb,
/// <c>imagenet_classes</c>.
/// </remarks>
public static class ImageNetClasses
{
    /// <summary>The names by label; labels count the sorted identifiers n01440764 to n15075141 from 0.</summary>
    public static ImmutableArray<string> Names { get; } = [.. TextResource.ReadLines("imagenet_classes.txt")];
}
