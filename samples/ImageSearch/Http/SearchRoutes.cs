namespace ImageSearch;

/// <summary>The routes of searches.</summary>
internal static class SearchRoutes
{
    private const string Tag = "Search";

    /// <summary>Adds them.</summary>
    public static void MapSearch(this WebApplication app)
    {
        app.MapGet("/api/search", SearchEndpoints.SearchAsync).WithTags(Tag).WithSummary("The images closest to words, to an image of the collection, or to both.")
            .ProducesProblem(400).ProducesProblem(404).ProducesProblem(503);
        app.MapPost("/api/search", SearchEndpoints.SearchByUploadAsync).WithTags(Tag).WithSummary("The images closest to an image that is sent, and to words.").WithImageBody()
            .ProducesProblem(400).ProducesProblem(408).ProducesProblem(413).ProducesProblem(415).ProducesProblem(422).ProducesProblem(503);
        app.MapPost("/api/classify", ClassifyEndpoint.ClassifyAsync).WithTags(Tag).WithSummary("The collection by labels: a zero-shot classifier of all images.").WithJsonBody<ClassifyRequest>()
            .ProducesProblem(400).ProducesProblem(413).ProducesProblem(503);
    }
}
