using System.Globalization;

namespace Clip.Cli.Search;

/// <summary>The images of a folder that are closest to a query, with an index that is refreshed before.</summary>
internal sealed class FolderQuery(ClipModel clip, string folder, string indexPath, bool toHalf, Invocation invocation)
{
    /// <summary>Searches and tells.</summary>
    /// <param name="query">What is looked for.</param>
    /// <param name="top">How many images to show.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(SearchQuery query, int top)
    {
        var refresher = new IndexRefresher(clip, folder, indexPath, toHalf, invocation);
        using var index = await refresher.RefreshAsync();
        if (index.Entries.Count == 0)
            throw new FailureException($"There are no images in '{folder}' that can be read.");

        var results = index.Closest(query.Vector, top, invocation.Cancelled)
            .Select(found => new { image = Path.Combine(folder, found.Entry.Path), similarity = found.Similarity }).ToList();
        if (invocation.IsJson)
        {
            Json.WriteDocument(invocation.Console, new JsonFields
            {
                ["query"] = query.Name,
                ["kind"] = query.Kind,
                ["index"] = new JsonFields
                {
                    ["path"] = indexPath,
                    ["images"] = index.Entries.Count,
                    ["embedded"] = refresher.Embedded,
                    ["removed"] = refresher.Removed,
                },
                ["results"] = results.Select(result => new JsonFields { ["image"] = result.image, ["similarity"] = result.similarity }),
                ["leftOut"] = refresher.LeftOut.Concat(invocation.Unreadable.LeftOut),
            });
        }
        else
        {
            var table = new ResultTable("#Similarity", "Image") { Title = query.Name };
            foreach (var result in results)
                table.Add(result.similarity.ToString("F4", CultureInfo.InvariantCulture), result.image);
            table.Write(invocation.Console);
        }
        return refresher.LeftOut.Count == 0 ? ExitCodes.Ok : ExitCodes.SomeLeftOut;
    }
}
