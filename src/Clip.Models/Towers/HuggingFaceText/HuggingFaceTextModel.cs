namespace Clip.Models;

/// <summary>An encoder of Hugging Face's library with its vocabulary.</summary>
/// <param name="Type">The model_type of its config.</param>
/// <param name="Encoder">Its sizes.</param>
/// <param name="VocabularySize">Number of tokens in the vocabulary.</param>
internal sealed record HuggingFaceTextModel(string Type, HuggingFaceTextEncoderConfig Encoder, int VocabularySize);
