using System.Numerics.Tensors;
using Clip.Preprocessing;
using Clip.Preprocessing.Tests.Support;

namespace Clip.Tests.Embedding;

/// <summary>Embeddings of reduced JPEG files beside those of exact ones, by a model that was trained.</summary>
public class FastDecodingTests(ITestOutputHelper output)
{
    // Measured 0.99983 at least; different photos have 0.79 in the mean.
    private const float Least = 0.9995f;

    /// <summary>Photos reduced by 1, 2, 4 and 8 for the 48 pixels of the model: sides that do not divide, and the least that is left.</summary>
    public static TheoryData<int, int, bool> Sizes =>
    [
        .. from size in ((int Width, int Height)[])[(130, 100), (193, 145), (237, 177), (389, 291), (640, 480), (771, 579), (1003, 752), (1600, 1200)]
           from skiaAlone in (bool[])[false, true]
           select (size.Width, size.Height, skiaAlone),
    ];

    [Theory, MemberData(nameof(Sizes))]
    public void EmbedImages_FastDecoding_StaysNear(int width, int height, bool skiaAlone)
    {
        ImageSource[] photos = [.. Enumerable.Range(0, 6).Select(seed => ImageSource.FromBytes(GeneratedPhoto.Create(width, height, seed)))];
        var images = new ImagePreprocessorOptions { Decoder = skiaAlone ? ImageDecoders.Skia : ImageDecoders.Default };
        using var exact = Load(images);
        using var fast = Load(images with { FastDecoding = true });

        var cosines = exact.EmbedImages(photos).Zip(fast.EmbedImages(photos), (one, other) => TensorPrimitives.CosineSimilarity<float>(one, other)).ToArray();

        output.WriteLine($"{cosines.Min():F6}");
        Assert.All(cosines, cosine => Assert.InRange(cosine, Least, 1.00001f));
    }

    private static ClipModel Load(ImagePreprocessorOptions images) =>
        ClipModel.Load(Path.Combine(Fixtures.Repository, "models", "shapes"), new ClipModelOptions { Device = "cpu", Images = images });
}
