using Clip.Preprocessing;

namespace Clip.ZeroShot;

/// <summary>What became of one image of a stream: its classes, or the reason why it has none.</summary>
public sealed record ImageClassification
{
    private readonly IReadOnlyList<ClassPrediction>? _predictions;

    /// <summary>Creates the result of an image that was classified.</summary>
    /// <param name="index">The image's place in the stream, from 0.</param>
    /// <param name="name">The image's path, or the name its source gave it.</param>
    /// <param name="predictions">The likeliest classes, best first; none where none is likely enough.</param>
    public ImageClassification(long index, string name, IReadOnlyList<ClassPrediction> predictions)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(predictions);
        (Index, Name, _predictions) = (index, name, predictions);
    }

    /// <summary>Creates the result of an image that could not be read.</summary>
    /// <param name="index">The image's place in the stream, from 0.</param>
    /// <param name="name">The image's path, or the name its source gave it.</param>
    /// <param name="error">Why it could not be read.</param>
    public ImageClassification(long index, string name, ImageDecodingException error)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(error);
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
