using System.CommandLine;
using System.Globalization;

namespace Clip.Cli.Commands;

/// <summary>The published models that can be named.</summary>
internal sealed class ModelsCommand : ToolCommand
{
    private readonly Argument<string[]> _filter = new("FILTER")
    {
        Description = "Words that the name with its tag, the repository or the license must all have in it.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    public ModelsCommand(ToolConsole console)
        : base("models", "List the published models that --model takes by name.", console)
    {
        Arguments.Add(_filter);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "clip models",
        "clip models siglip2",
        "clip models ViT-B-16 datacomp --json",
    ];

    protected override Task<int> RunAsync(Invocation invocation)
    {
        var models = ClipModel.List(string.Join(' ', invocation.Get(_filter) ?? []));
        if (invocation.IsJson)
            Json.WriteDocument(invocation.Console, models.Select(Describe));
        else
            Tabulate(models).Write(invocation.Console);
        return Task.FromResult(ExitCodes.Ok);
    }

    private static ResultTable Tabulate(IReadOnlyList<KnownModel> models)
    {
        var table = new ResultTable("Name", "#Pixels", "#Parameters", "#ImageNet", "License", "Repository");
        foreach (var model in models)
        {
            table.Add(
                model.FullName,
                model.Resolution.ToString(CultureInfo.InvariantCulture),
                model.ImageParameters + model.TextParameters is { } count ? (count / 1e6).ToString("0.0 M", CultureInfo.InvariantCulture) : "",
                model.ImageNetAccuracy is { } accuracy ? accuracy.ToString("0.0 %", CultureInfo.InvariantCulture) : "",
                model.License ?? "",
                model.Repository);
        }
        return table;
    }

    private static JsonFields Describe(KnownModel model) => new()
    {
        ["name"] = model.Name,
        ["tag"] = model.Tag,
        ["repository"] = model.Repository,
        ["file"] = model.File,
        ["alsoAt"] = model.AlsoAt,
        ["alsoAtFile"] = model.AlsoAtFile,
        ["resolution"] = model.Resolution,
        ["imageParameters"] = model.ImageParameters,
        ["textParameters"] = model.TextParameters,
        ["imageNetAccuracy"] = model.ImageNetAccuracy,
        ["accuracySource"] = model.AccuracySource,
        ["usesQuickGelu"] = model.UsesQuickGelu,
        ["license"] = model.License,
    };
}
