using Clip.Preprocessing;
using Clip.ZeroShot;

namespace Clip.Interactive;

/// <summary>An image with the classes it may show, as the output of a cell: a small image beside bars of the probabilities.</summary>
/// <param name="Image">The image. A stream is shown by its name alone, because reading it would use it up.</param>
/// <param name="Predictions">Its classes, best first; none are shown as "none of these".</param>
public sealed record ImagePredictions(ImageSource Image, IReadOnlyList<ClassPrediction> Predictions);
