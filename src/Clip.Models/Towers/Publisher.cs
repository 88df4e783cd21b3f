namespace Clip.Models;

/// <summary>Whose files hold models in names of their own, which no library beside theirs writes.</summary>
internal enum Publisher
{
    /// <summary>Apple: MobileCLIP (apple/ml-mobileclip).</summary>
    Apple,

    /// <summary>Meta: the Perception Encoder (facebookresearch/perception_models).</summary>
    Meta,
}
