using System.Numerics.Tensors;
using Clip.Preprocessing;

namespace Clip.ZeroShot;

public sealed partial class ZeroShotClassifier
{
    /// <summary>Tells which of the classes each place of an image is most like, without any training for that.</summary>
    /// <remarks>
    /// Name what is around things too, such as "grass" or "background": every place gets a class. What is known of a place is as coarse as
    /// the network's patches. Source: Zhou et al. 2022, "Extract Free Dense Labels from CLIP", section 3.
    /// </remarks>
    /// <param name="image">A file, encoded bytes, a stream or pixels.</param>
    /// <param name="localBlocks">In how many of the last transformer blocks places attend to themselves alone, at least 0.</param>
    /// <returns>A class for each place of what the network sees of the image.</returns>
    /// <exception cref="ImageDecodingException">The image cannot be read.</exception>
    /// <exception cref="NotSupportedException">The image tower keeps no places apart.</exception>
    public LabelMap Segment(ImageSource image, int localBlocks = 1)
    {
        ObjectDisposedException.ThrowIf(_isDisposed != 0, this);
        var places = Model.EmbedPlaces(image, localBlocks);
        var similarities = Enumerable.Range(0, ClassNames.Count).Select(index => places.Vectors.Select(place => TensorPrimitives.Dot(place, Bank.GetEmbedding(index))).ToArray());
        return new LabelMap(ClassNames, places.Height, places.Width, [.. similarities]);
    }
}
