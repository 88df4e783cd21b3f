using Microsoft.OpenApi;

namespace ImageSearch;

/// <summary>Says in the OpenAPI document what a route takes that is read from the request itself, within limits.</summary>
internal static class Bodies
{
    /// <summary>An image.</summary>
    public static RouteHandlerBuilder WithImageBody(this RouteHandlerBuilder route) => route.AddOpenApiOperationTransformer((operation, _, _) =>
    {
        var file = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" };
        operation.RequestBody = new OpenApiRequestBody
        {
            Description = "PNG, JPEG, WebP, GIF or BMP.",
            Required = true,
            Content = new Dictionary<string, OpenApiMediaType>
            {
                ["image/*"] = new() { Schema = file },
                ["multipart/form-data"] = new()
                {
                    Schema = new OpenApiSchema { Type = JsonSchemaType.Object, Properties = new Dictionary<string, IOpenApiSchema> { ["image"] = file } },
                },
            },
        };
        return Task.CompletedTask;
    });

    /// <summary>A JSON value.</summary>
    public static RouteHandlerBuilder WithJsonBody<T>(this RouteHandlerBuilder route) => route.AddOpenApiOperationTransformer(async (operation, context, cancellationToken) =>
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Content = new Dictionary<string, OpenApiMediaType>
            {
                ["application/json"] = new() { Schema = await context.GetOrCreateSchemaAsync(typeof(T), null, cancellationToken) },
            },
        });
}
