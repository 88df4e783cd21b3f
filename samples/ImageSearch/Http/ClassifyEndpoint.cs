using Clip;
using Clip.DependencyInjection;
using Clip.ZeroShot;
using Microsoft.Extensions.Options;
using Web.Shared;

namespace ImageSearch;

/// <summary>What a list of labels makes of the collection.</summary>
internal static class ClassifyEndpoint
{
    private const int DefaultTop = 12;
    private const int MaxTop = 60;
    private const int MaxTemplates = 8;

    /// <summary>Gives each image its most probable label.</summary>
    public static async Task<ClassifyAnswer> ClassifyAsync(
        HttpRequest request,
        CollectionProvider collections,
        IClipModelProvider models,
        LabelBanks banks,
        Uploads uploads,
        Computing computing,
        IOptions<CollectionSettings> settings,
        IOptions<WebLimits> limits,
        Waiting waiting,
        CancellationToken cancellationToken)
    {
        var asked = await uploads.ReadJsonAsync<ClassifyRequest>(request, "labels and templates") ?? throw new BadHttpRequestException("The body is null.");
        var labels = uploads.RequireLabels(asked.Labels ?? []);
        if (labels.Count < 2)
            throw new BadHttpRequestException($"There are {labels.Count} labels; at least 2 are needed to tell images apart.");
        var templates = RequireTemplates(asked.Templates ?? [], limits.Value);
        var top = asked.Top ?? DefaultTop;
        ImageEndpoints.Require(top, 1, MaxTop, nameof(top));

        var model = await waiting.ForAsync(models.GetAsync(cancellationToken), cancellationToken);
        var collection = await waiting.ForAsync(collections.GetAsync(), cancellationToken);
        var bank = await banks.GetAsync(labels, templates, waiting, cancellationToken);
        var groups = await computing.RunAsync(() => GroupAsync(model, bank, collection, settings.Value.MaxClassified, top, cancellationToken), waiting, cancellationToken);
        return new ClassifyAnswer(
            groups.Sum(group => group.Count), collection.Count, [.. labels.Zip(groups, (label, group) => new LabelAnswer(label, group.Count, group.Best()))]);
    }

    private static PromptTemplates RequireTemplates(IReadOnlyList<string?> given, WebLimits limits)
    {
        if (given.Count > MaxTemplates)
            throw new BadHttpRequestException($"There are {given.Count} templates; {MaxTemplates} are allowed.");
        string[] templates = [.. given.Select(template => QueryVectors.RequireText(template, "A template", limits)).OfType<string>()];
        if (templates.Length == 0)
            return PromptTemplates.None;
        try
        {
            return PromptTemplates.Of(templates);
        }
        catch (ArgumentException exception)
        {
            throw new BadHttpRequestException(exception.Message, exception);
        }
    }

    private static async Task<LabelGroup[]> GroupAsync(
        ClipModel model, ClassBank bank, ImageCollection collection, int most, int top, CancellationToken cancellationToken)
    {
        using var classifier = new ZeroShotClassifier(model, bank);
        LabelGroup[] groups = [.. bank.ClassNames.Select(_ => new LabelGroup(top))];
        await foreach (var part in collection.ReadVectorsAsync(most, cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var predictions = classifier.ClassifyEmbeddings([.. part.Select(record => record.Vector.ToArray())], top: 1);
            foreach (var (record, prediction) in part.Zip(predictions, (record, best) => (record, best[0])))
                groups[prediction.Index].Add(record, prediction.Probability);
        }
        return groups;
    }
}
