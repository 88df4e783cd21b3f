using System.Numerics.Tensors;
using Clip.DependencyInjection;
using Clip.Preprocessing;
using Microsoft.Extensions.Options;
using Web.Shared;

namespace ImageSearch;

/// <summary>From words and images to the vector that is searched for: (1 - weight) times the words less the words to stay away from, and weight times the image.</summary>
/// <param name="generator">Embeds.</param>
/// <param name="collections">Has the images.</param>
/// <param name="models">The model, which requests wait for.</param>
/// <param name="computing">Where words and images are embedded in their turn.</param>
/// <param name="waiting">The time that the request may wait.</param>
/// <param name="limits">The limits.</param>
internal sealed class QueryVectors(
    ClipEmbeddingGenerator generator, CollectionProvider collections, IClipModelProvider models, Computing computing, Waiting waiting, IOptions<WebLimits> limits)
{
    private const float DefaultWeight = 0.5f;
    // Below this length the words and what is taken from them are the same, up to rounding.
    private const float LeastLength = 1e-3f;

    /// <summary>Makes the vector.</summary>
    /// <param name="query">What is looked for.</param>
    /// <param name="upload">An image that results are to be like, where the request brings one.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>A vector of unit length.</returns>
    /// <exception cref="BadHttpRequestException">Nothing is looked for, or it cannot be embedded.</exception>
    /// <exception cref="OverloadedException">There was no place for the request in time.</exception>
    public async Task<float[]> MakeAsync(SearchQuery query, ImageUpload? upload, CancellationToken cancellationToken)
    {
        var (text, minus) = (RequireText(query.Text, "text", limits.Value), RequireText(query.Minus, "minus", limits.Value));
        var weight = query.Weight ?? DefaultWeight;
        if (!(weight is >= 0 and <= 1))
            throw new BadHttpRequestException($"weight is {weight} and has to be from 0 to 1.");
        if (text is null && minus is null && query.Like is null && upload is null)
            throw new BadHttpRequestException("The query is empty: give text, minus, like, or an image.");

        await waiting.ForAsync(models.GetAsync(cancellationToken), cancellationToken);
        var image = await ImageAsync(query.Like, upload, cancellationToken);
        var words = await WordsAsync(text, minus, cancellationToken);
        return (image, words) switch
        {
            ({ } one, null) => one,
            (null, { } other) => other,
            ({ } one, { } other) => ToUnitLength(Combine(other, 1 - weight, one, weight)),
            _ => throw new InvalidOperationException("A query has words or an image."),
        };
    }

    /// <summary>A text of a request without white space around it; null where it is empty.</summary>
    /// <exception cref="BadHttpRequestException">It is too long.</exception>
    public static string? RequireText(string? text, string name, WebLimits limits)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        return text.Length <= limits.MaxTextLength
            ? text.Trim()
            : throw new BadHttpRequestException($"{name} has {text.Length} characters; {limits.MaxTextLength} are allowed.");
    }

    private async Task<float[]?> ImageAsync(Guid? like, ImageUpload? upload, CancellationToken cancellationToken)
    {
        if (upload is not null)
        {
            var embedding = await computing.RunAsync(upload, () => generator.GenerateVectorAsync(upload.Image, cancellationToken: cancellationToken), waiting, cancellationToken);
            return embedding.ToArray();
        }
        if (like is not { } id)
            return null;
        var (_, record) = await ImageEndpoints.RequireAsync(id, collections, waiting, cancellationToken, withVector: true);
        return record.Vector.ToArray();
    }

    private async Task<float[]?> WordsAsync(string? text, string? minus, CancellationToken cancellationToken)
    {
        string[] texts = [.. new[] { text, minus }.OfType<string>()];
        if (texts.Length == 0)
            return null;
        var vectors = await computing.RunAsync(() => EmbedAsync(texts, cancellationToken), waiting, cancellationToken);
        return (text, minus) switch
        {
            (not null, null) => vectors[0],
            (null, not null) => Combine(vectors[0], -1, vectors[0], 0),
            _ => ToUnitLength(Combine(vectors[0], 1, vectors[1], -1)),
        };
    }

    private async Task<float[][]> EmbedAsync(string[] texts, CancellationToken cancellationToken)
    {
        try
        {
            var embeddings = await generator.GenerateAsync(texts, cancellationToken: cancellationToken);
            return [.. embeddings.Select(embedding => embedding.Vector.ToArray())];
        }
        catch (ArgumentException exception)
        {
            throw new BadHttpRequestException(exception.Message, exception);
        }
    }

    private static float[] Combine(float[] a, float weightOfA, float[] b, float weightOfB)
    {
        var sum = new float[a.Length];
        TensorPrimitives.Multiply(a, weightOfA, sum);
        TensorPrimitives.MultiplyAdd(b, weightOfB, sum, sum);
        return sum;
    }

    private static float[] ToUnitLength(float[] vector)
    {
        var length = TensorPrimitives.Norm<float>(vector);
        if (length < LeastLength)
            throw new BadHttpRequestException("Nothing is left of the query: what is taken away is the same as what is looked for.");
        TensorPrimitives.Divide(vector, length, vector);
        return vector;
    }
}
