namespace ImageSearch;

/// <summary>The routes of images.</summary>
internal static class ImageRoutes
{
    private const string Tag = "Images";

    /// <summary>Adds them.</summary>
    public static void MapImages(this WebApplication app)
    {
        app.MapGet("/api/collection", ImageEndpoints.Describe).WithTags(Tag).WithSummary("How the collection is.");
        var images = app.MapGroup("/api/images").WithTags(Tag);
        images.MapGet("/", ImageEndpoints.ListAsync).WithSummary("A page of images, the newest first.").ProducesProblem(400).ProducesProblem(503);
        images.MapPost("/", ImageEndpoints.AddAsync).WithSummary("Adds an image: the body, or the file of a form.").WithImageBody()
            .ProducesProblem(400).ProducesProblem(408).ProducesProblem(413).ProducesProblem(415).ProducesProblem(422).ProducesProblem(503);
        images.MapGet("/{id:guid}", ImageEndpoints.GetAsync).WithSummary("An image's title, size and date.").ProducesProblem(404);
        images.MapDelete("/{id:guid}", ImageEndpoints.DeleteAsync).WithSummary("Deletes an image.").ProducesProblem(404);
        images.MapGet("/{id:guid}/original", ImageFileEndpoints.GetOriginalAsync).WithSummary("The file as it was added.").ProducesProblem(404);
        images.MapGet("/{id:guid}/thumbnail", ImageFileEndpoints.GetThumbnailAsync).WithSummary("A small image in its place.").ProducesProblem(404);
        images.MapGet("/{id:guid}/explanation", ImageFileEndpoints.ExplainAsync).WithSummary("Where in the image the words are, in warm colors: PNG.").ProducesProblem(400).ProducesProblem(404).ProducesProblem(503);
    }
}
