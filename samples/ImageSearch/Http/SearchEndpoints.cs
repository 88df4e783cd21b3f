using Web.Shared;

namespace ImageSearch;

/// <summary>What searches answer.</summary>
internal static class SearchEndpoints
{
    private const int DefaultTop = 48;
    private const int MaxTop = 200;
    private const int MaxSkip = 2_000;

    /// <summary>By words, by an image of the collection, or by both.</summary>
    public static Task<SearchAnswer> SearchAsync(
        [AsParameters] SearchQuery query, QueryVectors vectors, CollectionProvider collections, Waiting waiting, CancellationToken cancellationToken) =>
        AnswerAsync(query, null, vectors, collections, waiting, cancellationToken);

    /// <summary>By an image that is sent, and words.</summary>
    public static async Task<SearchAnswer> SearchByUploadAsync(
        HttpRequest request,
        [AsParameters] SearchQuery query,
        QueryVectors vectors,
        CollectionProvider collections,
        Uploads uploads,
        Waiting waiting,
        CancellationToken cancellationToken)
    {
        if (query.Like is not null)
            throw new BadHttpRequestException("There are two images: like names one, and the body is one.");
        using var upload = await uploads.ReadImageAsync(request);
        return await AnswerAsync(query, upload, vectors, collections, waiting, cancellationToken);
    }

    private static async Task<SearchAnswer> AnswerAsync(
        SearchQuery query, ImageUpload? upload, QueryVectors vectors, CollectionProvider collections, Waiting waiting, CancellationToken cancellationToken)
    {
        var (skip, top) = (query.Skip ?? 0, query.Top ?? DefaultTop);
        ImageEndpoints.Require(skip, 0, MaxSkip, nameof(skip));
        ImageEndpoints.Require(top, 1, MaxTop, nameof(top));
        var vector = await vectors.MakeAsync(query, upload, cancellationToken);
        var collection = await waiting.ForAsync(collections.GetAsync(), cancellationToken);
        // An image is not like itself, wherever in the order words have put it.
        var found = await collection.SearchAsync(vector, 0, skip + top + 1, cancellationToken);
        return new SearchAnswer([.. found.Where(result => result.Record.Id != query.Like).Skip(skip).Take(top)
            .Select(result => new FoundAnswer(ImageAnswer.Of(result.Record), result.Score ?? 0))]);
    }
}
