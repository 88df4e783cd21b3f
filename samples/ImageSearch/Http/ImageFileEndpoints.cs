using Clip;
using Clip.DependencyInjection;
using Clip.Preprocessing;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Web.Shared;

namespace ImageSearch;

/// <summary>What the routes of images' files answer: media types are the record's, never a caller's.</summary>
internal static class ImageFileEndpoints
{
    private const string Forever = "private, max-age=31536000, immutable";

    /// <summary>The file as it was added.</summary>
    public static async Task<PhysicalFileHttpResult> GetOriginalAsync(
        Guid id, CollectionProvider collections, HttpResponse response, Waiting waiting, CancellationToken cancellationToken)
    {
        var (collection, record) = await ImageEndpoints.RequireAsync(id, collections, waiting, cancellationToken);
        return Send(response, collection.Files.Original(id), record.ContentType);
    }

    /// <summary>A small image; the image itself where that is small. One that is missing is made.</summary>
    public static async Task<PhysicalFileHttpResult> GetThumbnailAsync(
        Guid id,
        CollectionProvider collections,
        IClipModelProvider models,
        Computing computing,
        HttpResponse response,
        Waiting waiting,
        CancellationToken cancellationToken)
    {
        var (collection, record) = await ImageEndpoints.RequireAsync(id, collections, waiting, cancellationToken);
        if (Thumbnails.IsSmall(record.Width, record.Height, record.Bytes))
            return Send(response, collection.Files.Original(id), record.ContentType);
        if (!File.Exists(collection.Files.Thumbnail(id)))
        {
            var model = await waiting.ForAsync(models.GetAsync(cancellationToken), cancellationToken);
            var thumbnail = await computing.RunAsync(
                Pixels(record), () => Task.Run(() => Thumbnails.Make(model.Preprocessor, File.ReadAllBytes(collection.Files.Original(id)), record.Title)), waiting, cancellationToken);
            await collection.Files.WriteThumbnailAsync(id, thumbnail);
        }
        return Send(response, collection.Files.Thumbnail(id), MediaTypes.Thumbnail);
    }

    /// <summary>Where in an image the words are.</summary>
    public static async Task<FileContentHttpResult> ExplainAsync(
        Guid id,
        string text,
        CollectionProvider collections,
        IClipModelProvider models,
        Computing computing,
        IOptions<ExplanationOptions> options,
        IOptions<WebLimits> limits,
        Waiting waiting,
        CancellationToken cancellationToken)
    {
        var words = QueryVectors.RequireText(text, nameof(text), limits.Value)
            ?? throw new BadHttpRequestException("text is empty; say what to look for in the image.");
        var (collection, record) = await ImageEndpoints.RequireAsync(id, collections, waiting, cancellationToken);
        var model = await waiting.ForAsync(models.GetAsync(cancellationToken), cancellationToken);
        var png = await computing.RunAsync(
            Pixels(record), () => Task.Run(() => Explain(model, collection.Files.Original(id), words, options.Value, cancellationToken)), waiting, cancellationToken);
        return TypedResults.File(png, "image/png");
    }

    private static long Pixels(ImageRecord record) => (long)record.Width * record.Height;

    private static byte[] Explain(ClipModel model, string path, string words, ExplanationOptions options, CancellationToken cancellationToken)
    {
        try
        {
            return model.Explain(ImageSource.FromFile(path), words, options, cancellationToken).ToPng();
        }
        catch (ArgumentException exception)
        {
            throw new BadHttpRequestException(exception.Message, exception);
        }
    }

    private static PhysicalFileHttpResult Send(HttpResponse response, string path, string contentType)
    {
        // The same key is the same bytes.
        response.Headers.CacheControl = Forever;
        return TypedResults.PhysicalFile(path, contentType);
    }
}
