using Clip.DependencyInjection;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Web.Shared;

namespace ImageSearch;

/// <summary>What the routes of the collection and of its images answer.</summary>
internal static class ImageEndpoints
{
    private const int MaxTake = 200;

    /// <summary>How the collection is; answers at once, whatever is being loaded.</summary>
    public static CollectionAnswer Describe(
        CollectionProvider collections, IClipModelProvider models, Seeder seeder, IOptions<CollectionSettings> settings, IOptions<WebLimits> limits)
    {
        var collection = collections.TryGet();
        var (done, total) = seeder.Progress;
        return new CollectionAnswer(
            collection is null ? "loading" : seeder.IsDone ? "ready" : "filling",
            collection?.Count ?? 0,
            models.TryGet(out var model) ? model.Card.Name : null,
            collections.StoreName,
            done,
            total,
            settings.Value.MaxClassified,
            limits.Value.MaxBodyBytes);
    }

    /// <summary>A page of images.</summary>
    public static async Task<PageAnswer> ListAsync(
        CollectionProvider collections, Waiting waiting, CancellationToken cancellationToken, int skip = 0, int take = 60)
    {
        Require(skip, 0, int.MaxValue, nameof(skip));
        Require(take, 1, MaxTake, nameof(take));
        var collection = await waiting.ForAsync(collections.GetAsync(), cancellationToken);
        var images = await collection.PageAsync(skip, take, cancellationToken);
        return new PageAnswer(collection.Count, [.. images.Select(ImageAnswer.Of)]);
    }

    /// <summary>Adds an image; the answer comes when it is on the disk.</summary>
    public static async Task<Results<Created<AddAnswer>, Ok<AddAnswer>>> AddAsync(
        HttpRequest request,
        CollectionProvider collections,
        ClipEmbeddingGenerator generator,
        IClipModelProvider models,
        Uploads uploads,
        Computing computing,
        Waiting waiting,
        CancellationToken cancellationToken,
        string? title = null)
    {
        using var upload = title is null ? await uploads.ReadImageAsync(request) : await uploads.ReadImageAsync(request, Titles.Clean(title));
        var collection = await waiting.ForAsync(collections.GetAsync(), cancellationToken);
        var id = NewImage.IdOf(upload.Bytes.Span);
        if (await collection.FindAsync(id, cancellationToken: cancellationToken) is { } old)
            return TypedResults.Ok(new AddAnswer(ImageAnswer.Of(old), IsNew: false));

        var model = await waiting.ForAsync(models.GetAsync(cancellationToken), cancellationToken);
        var (vector, thumbnail) = await computing.RunAsync(upload, async () =>
        {
            var embedding = await generator.GenerateVectorAsync(upload.Image, cancellationToken: cancellationToken);
            return (embedding, await Task.Run(() => MakeThumbnail(model, upload), CancellationToken.None));
        }, waiting, cancellationToken);

        var (record, isNew) = await collection.AddAsync(new NewImage(upload.Image.Name, upload.Bytes, upload.Header, vector, thumbnail));
        var answer = new AddAnswer(ImageAnswer.Of(record), isNew);
        return isNew ? TypedResults.Created($"/api/images/{record.Id}", answer) : TypedResults.Ok(answer);
    }

    /// <summary>An image.</summary>
    public static async Task<ImageAnswer> GetAsync(Guid id, CollectionProvider collections, Waiting waiting, CancellationToken cancellationToken) =>
        ImageAnswer.Of((await RequireAsync(id, collections, waiting, cancellationToken)).Record);

    /// <summary>Deletes an image.</summary>
    public static async Task<NoContent> DeleteAsync(Guid id, CollectionProvider collections, Waiting waiting, CancellationToken cancellationToken)
    {
        var collection = await waiting.ForAsync(collections.GetAsync(), cancellationToken);
        return await collection.DeleteAsync(id) ? TypedResults.NoContent() : throw Missing(id);
    }

    /// <summary>The record of an image that has to be there.</summary>
    /// <exception cref="BadHttpRequestException">It is not there.</exception>
    public static async Task<(ImageCollection Collection, ImageRecord Record)> RequireAsync(
        Guid id, CollectionProvider collections, Waiting waiting, CancellationToken cancellationToken, bool withVector = false)
    {
        var collection = await waiting.ForAsync(collections.GetAsync(), cancellationToken);
        return (collection, await collection.FindAsync(id, withVector, cancellationToken) ?? throw Missing(id));
    }

    /// <summary>Requires a number of the query to be in its range.</summary>
    /// <exception cref="BadHttpRequestException">It is not.</exception>
    public static void Require(int value, int least, int most, string name)
    {
        if (value < least || value > most)
            throw new BadHttpRequestException($"{name} is {value} and has to be from {least} to {most}.");
    }

    private static byte[]? MakeThumbnail(Clip.ClipModel model, ImageUpload upload) =>
        Thumbnails.IsSmall(upload.Header.Width, upload.Header.Height, upload.Bytes.Length)
            ? null
            : Thumbnails.Make(model.Preprocessor, upload.Bytes.Span, upload.Image.Name);

    private static BadHttpRequestException Missing(Guid id) => new($"There is no image {id}; it may have been deleted.", StatusCodes.Status404NotFound);
}
