using System.Numerics.Tensors;
using Clip.Embedding;
using Clip.Preprocessing;

namespace Clip;

public sealed partial class ClipModel
{
#pragma warning disable RS0026 // The overloads differ in what is explained, which is never left out.

    /// <summary>Finds which places of an image have to do with a text.</summary>
    /// <param name="image">A file, encoded bytes, a stream or pixels.</param>
    /// <param name="text">The text, such as "a dog".</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the work between passes.</param>
    /// <returns>A map over what the network sees of the image, which <see cref="RelevanceMap.ToPng"/> draws.</returns>
    /// <exception cref="ImageDecodingException">The image cannot be read.</exception>
    /// <exception cref="ArgumentException">The text is too long, or an option out of range.</exception>
    /// <exception cref="InvalidOperationException">The model came without a vocabulary; the message says what to do.</exception>
    /// <exception cref="NotSupportedException">The image tower keeps no places apart.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public RelevanceMap Explain(ImageSource image, string text, ExplanationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Explain(image, [text], options, cancellationToken)[0];
    }

    /// <summary>Finds which places of an image have to do with each of some texts.</summary>
    /// <param name="image">A file, encoded bytes, a stream or pixels.</param>
    /// <param name="texts">The texts, at least one.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the work between passes.</param>
    /// <returns>A map for each text, in their order.</returns>
    /// <inheritdoc cref="Explain(ImageSource, string, ExplanationOptions?, CancellationToken)" path="/exception"/>
    public IReadOnlyList<RelevanceMap> Explain(
        ImageSource image, IReadOnlyList<string> texts, ExplanationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentOutOfRangeException.ThrowIfZero(texts.Count, nameof(texts));
        options ??= new ExplanationOptions();
        options.Validate();
        RequireImages();

        var vectors = EmbedTexts(texts, cancellationToken: cancellationToken);
        var directions = options.Contrast ? Contrast(vectors) : vectors;
        if (options.Method == ExplanationMethod.Occlusion)
            return Occlude(image, texts, vectors, directions, options, cancellationToken);

        var places = EmbedPlaces(image, options.LocalBlocks);
        return [.. texts.Select((text, i) => new RelevanceMap(
            text,
            EmbeddingMath.CosineSimilarity(places.Image, vectors[i]),
            places.Height,
            places.Width,
            [.. places.Vectors.Select(place => TensorPrimitives.Dot<float>(place, directions[i]))],
            places.Seen))];
    }

#pragma warning restore RS0026

    /// <summary>Embeds every place of an image: what the image's embedding would be if the pooling saw that place alone.</summary>
    /// <remarks><see cref="Models.IImageEncoder.GetDenseEmbeddings"/> says how places become embeddings.</remarks>
    /// <param name="image">A file, encoded bytes, a stream or pixels.</param>
    /// <param name="localBlocks">In how many of the last transformer blocks places attend to themselves alone, at least 0.</param>
    /// <returns>The embeddings, a grid of them.</returns>
    /// <exception cref="ImageDecodingException">The image cannot be read.</exception>
    /// <exception cref="NotSupportedException">The image tower keeps no places apart.</exception>
    /// <exception cref="InvalidOperationException">The model was loaded without its image tower.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public PlaceEmbeddings EmbedPlaces(ImageSource image, int localBlocks = 1)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfNegative(localBlocks);
        RequireImages();
        var (height, width) = (0, 0);
        SeenImage? seen = null;
        var row = EmbedOne(image, pixels =>
        {
            seen = See(pixels);
            var dense = Network.Image.GetDenseEmbeddings(pixels, localBlocks);                     // [1, h, w, E]
            (height, width) = ((int)dense.shape[1], (int)dense.shape[2]);
            var all = cat([Network.EncodeImages(pixels), dense.view(height * width, -1)]);         // [1 + P, E]
            return EmbeddingRows.ToUnitLength(all).view(1, -1);
        });
        var vectors = row.Chunk(EmbeddingSize).ToArray();
        return new PlaceEmbeddings(height, width, vectors[1..], vectors[0], seen!);
    }

    private RelevanceMap[] Occlude(
        ImageSource image, IReadOnlyList<string> texts, float[][] vectors, float[][] directions, ExplanationOptions options, CancellationToken cancellationToken)
    {
        Occlusion? occlusion = null;
        SeenImage? seen = null;
        var row = EmbedOne(image, pixels =>
        {
            seen = See(pixels);
            occlusion = Occlusion.Create(pixels, Network.Image, options);
            return occlusion.Encode(part => EmbeddingRows.ToUnitLength(Network.EncodeImages(part)), cancellationToken).view(1, -1);
        });
        var rows = row.Chunk(EmbeddingSize).ToArray();
        return [.. texts.Select((text, i) => new RelevanceMap(
            text,
            EmbeddingMath.CosineSimilarity(rows[0], vectors[i]),
            occlusion!.Rows,
            occlusion.Columns,
            [.. rows.Skip(1).Select(place => TensorPrimitives.Dot<float>(rows[0], directions[i]) - TensorPrimitives.Dot<float>(place, directions[i]))],
            seen!))];
    }

    // What a text has beyond the others, or beyond the empty one.
    private float[][] Contrast(float[][] vectors)
    {
        var common = new float[EmbeddingSize];
        foreach (var vector in vectors.Length > 1 ? vectors : [EmbedText("")])
            TensorPrimitives.Add(common, vector, common);
        TensorPrimitives.Divide(common, Math.Max(1, vectors.Length), common);
        return [.. vectors.Select(vector =>
        {
            var own = new float[EmbeddingSize];
            TensorPrimitives.Subtract(vector, common, own);
            return own;
        })];
    }

    // The pipeline of embeddings for one image, whose row may be of any length.
    private float[] EmbedOne(ImageSource image, Func<Tensor, Tensor> encode) =>
        new ImageEmbedder(encode, _thread, _pixels, batchSize: 1, decodingThreads: 1, oneByOne: false).Embed(image);

    private SeenImage See(Tensor pixels)
    {
        using var scope = NewDisposeScope();
        var seen = pixels.to(ScalarType.Float32).cpu().contiguous();
        return SeenImage.From(seen.data<float>().ToArray(), (int)seen.shape[2], (int)seen.shape[3], Preprocessor.Config);
    }
}
