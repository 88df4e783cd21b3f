using Clip;

namespace WebApi;

/// <summary>A picture and labels as a request brings them: the picture as the body, or both in a form.</summary>
/// <param name="Image">The picture.</param>
/// <param name="Labels">What it may be of; empty where the request does not say.</param>
internal sealed record Upload(ImageSource Image, string[] Labels)
{
    private const int MostLabels = 200;

    /// <summary>Reads a request.</summary>
    /// <exception cref="BadHttpRequestException">There is no picture, or too many labels.</exception>
    public static async Task<Upload> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var labels = request.Query["labels"].AsEnumerable();
        byte[] bytes;
        string name;
        // A tool that was told nothing may call any body "application/x-www-form-urlencoded", as curl does; pictures come in multipart forms only.
        if (request.ContentType?.StartsWith("multipart/form-data", StringComparison.OrdinalIgnoreCase) == true)
        {
            var form = await request.ReadFormAsync(cancellationToken);
            var file = form.Files.Count == 1 ? form.Files[0] : throw new BadHttpRequestException($"The form has {form.Files.Count} files; send one picture.");
            bytes = new byte[file.Length];
            await using var stream = file.OpenReadStream();
            await stream.ReadExactlyAsync(bytes, cancellationToken);
            name = file.FileName;
            labels = labels.Concat(form["labels"]);
        }
        else
        {
            using var buffer = new MemoryStream();
            await request.Body.CopyToAsync(buffer, cancellationToken);
            bytes = buffer.ToArray();
            name = "the request's body";
        }
        if (bytes.Length == 0)
            throw new BadHttpRequestException("There is no picture: send it as the body, or as a file in a form.");
        return new Upload(ImageSource.FromBytes(bytes, name), Split(labels));
    }

    // Labels may be repeated, or separated by commas.
    private static string[] Split(IEnumerable<string?> values)
    {
        string[] labels =
        [
            .. values.SelectMany(value => (value ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).Distinct(),
        ];
        return labels.Length <= MostLabels ? labels : throw new BadHttpRequestException($"There are {labels.Length} labels; {MostLabels} are allowed.");
    }
}
