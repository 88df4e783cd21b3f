using Clip.Preprocessing;

namespace Clip.ZeroShot;

/// <summary>What became of one image of a stream: its classes, or the reason why it has none.</summary>
public sealed record ImageClassification
{
    private readonly IReadOnlyList<ClassPrediction>? _predictions;

    internal ImageClassification(long index, string name, IReadOnlyList<ClassPrediction> predictions)
    {
        (Index, Name, _predictions) = (index, name, predictions);
    }

    internal ImageClassification(long index, string name, ImageDecodingException error)
    {
        (Index, Name, Error) = (index, name, error);
    }

    /// <summary>The image's place in the stream, from 0.</summary>
    public long Index { get; }

    /// <summary>The image's path, or the name its source gave it.</summary>
    public string Name { get; }

    /// <summary>Why the image could not be read; null when it was.</summary>
    public ImageDecodingException? Error { get; }

    /// <summary>The likeliest classes, best first; empty where none reaches the classifier's thresholds.</summary>
    /// <exception cref="ImageDecodingException">The image could not be read.</exception>
    public IReadOnlyList<ClassPrediction> Predictions =>
        _predictions ?? throw new ImageDecodingException(Name, "it has no classes; see the inner exception", Error);
}
