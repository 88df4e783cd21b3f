using Clip.Runtime;
using Clip.Shared;

namespace Clip.ZeroShot.Evaluation;

/// <summary>How often an image finds one of its texts, and a text its image, among all others.</summary>
/// <remarks>
/// <para>
/// Recall at k is the share of queries for which at least one right candidate is among the k most similar, as the papers on Flickr30k
/// and MS-COCO count it. A wrong candidate that is exactly as similar as the right one is put before it, so that a model which gives
/// everything the same embedding finds nothing.
/// </para>
/// <para>Source: Radford et al. 2021, Appendix E and Table 13; LAION-AI/CLIP_benchmark, metrics/zeroshot_retrieval.py.</para>
/// </remarks>
public sealed class RetrievalMetrics
{
    private readonly int[] _textRanks;
    private readonly int[] _imageRanks;

    private RetrievalMetrics(int[] textRanks, int[] imageRanks)
    {
        _textRanks = textRanks;
        _imageRanks = imageRanks;
    }

    /// <summary>Images that have at least one text: the queries of <see cref="GetTextRecall"/>.</summary>
    public int ImageQueries => _textRanks.Length;

    /// <summary>Texts: the queries of <see cref="GetImageRecall"/>.</summary>
    public int TextQueries => _imageRanks.Length;

    /// <summary>Ranks every image among all texts and every text among all images, in blocks of bounded memory.</summary>
    /// <param name="images">N embeddings of unit length.</param>
    /// <param name="texts">M embeddings of unit length, at least one.</param>
    /// <param name="imageOfText">For each text the index of its image; an image may have any number of texts. Null where text i belongs to image i.</param>
    /// <param name="cancellationToken">Ends the work between blocks.</param>
    /// <exception cref="ArgumentException">The lists do not fit together, an index is no image, or an element is not finite.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static RetrievalMetrics Compute(
        IReadOnlyList<float[]> images, IReadOnlyList<float[]> texts, IReadOnlyList<int>? imageOfText = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(texts);
        imageOfText ??= [.. Enumerable.Range(0, texts.Count)];
        var textsOfImage = Group(imageOfText, images.Count, texts.Count);
        TorchLibraries.EnsureLoaded();

        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        var imageRows = FeatureRows.ToTensor(images, nameof(images));
        var textRows = FeatureRows.ToTensor(texts, nameof(texts));
        if (imageRows.shape[1] != textRows.shape[1])
            throw new ArgumentException($"Images have {imageRows.shape[1]} numbers, but texts have {textRows.shape[1]}.", nameof(texts));

        var imageRanks = RetrievalRanks.Compute(textRows, imageRows, text => [imageOfText[text]], cancellationToken);
        var textRanks = RetrievalRanks.Compute(imageRows, textRows, image => textsOfImage[image], cancellationToken);
        return new RetrievalMetrics([.. textRanks.Where((_, image) => textsOfImage[image].Count > 0)], imageRanks);
    }

    /// <summary>Image to text: the share of images with one of their texts among the k most similar, from 0 to 1.</summary>
    /// <param name="k">At least 1; papers give 1, 5 and 10.</param>
    public double GetTextRecall(int k) => Recall(_textRanks, k);

    /// <summary>Text to image: the share of texts with their image among the k most similar, from 0 to 1.</summary>
    /// <param name="k">At least 1; papers give 1, 5 and 10.</param>
    public double GetImageRecall(int k) => Recall(_imageRanks, k);

    private static double Recall(int[] ranks, int k)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        return (double)ranks.Count(rank => rank < k) / ranks.Length;
    }

    private static List<int>[] Group(IReadOnlyList<int> imageOfText, int imageCount, int textCount)
    {
        if (textCount == 0 || imageOfText.Count != textCount)
            throw new ArgumentException($"There are {textCount} texts and {imageOfText.Count} indices of images; both have to be the same number, at least 1.", nameof(imageOfText));

        var texts = new List<int>[imageCount];
        for (var image = 0; image < imageCount; image++)
            texts[image] = [];
        for (var text = 0; text < textCount; text++)
        {
            var image = imageOfText[text];
            if (image < 0 || image >= imageCount)
                throw new ArgumentException($"Text {text} belongs to image {image}, but there are {imageCount} images.", nameof(imageOfText));
            texts[image].Add(text);
        }
        return texts;
    }
}
