namespace Clip.Models;

/// <summary>How checkpoints lay out the weights of a dual encoder.</summary>
public enum WeightLayout
{
    /// <summary>OpenAI's and open_clip's names, the text tower's at the root unless only open_clip can express it.</summary>
    Native,

    /// <summary>The names of Hugging Face's CLIPModel, or of its SiglipModel for SigLIP's image tower.</summary>
    HuggingFace,
}
