using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>All that is particular to one kind of encoder of Hugging Face's library.</summary>
internal abstract class HuggingFaceTextKind
{
    /// <summary>Builds the encoder.</summary>
    /// <param name="weights">Makes its weights.</param>
    /// <param name="config">Its sizes.</param>
    /// <param name="vocabularySize">Number of tokens in the vocabulary.</param>
    public abstract HuggingFaceTextEncoder Create(WeightFactory weights, HuggingFaceTextEncoderConfig config, int vocabularySize);

    /// <summary>Reads the encoder's config in Hugging Face's words.</summary>
    /// <param name="section">The config, or what differs from a model's.</param>
    /// <param name="fallback">The sizes that count where the section says nothing.</param>
    public abstract HuggingFaceTextModel Read(OverriddenSection section, HuggingFaceTextModel fallback);

    /// <summary>Writes the encoder's config in Hugging Face's words.</summary>
    /// <param name="config">The sizes.</param>
    /// <param name="vocabularySize">Number of tokens in the vocabulary.</param>
    public abstract JsonObject Write(HuggingFaceTextEncoderConfig config, int vocabularySize);

    /// <summary>The model of this kind that a config names where it says no other.</summary>
    /// <param name="config">The sizes.</param>
    public abstract string UsualModel(HuggingFaceTextEncoderConfig config);
}
