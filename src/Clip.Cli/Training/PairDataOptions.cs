using System.CommandLine;
using System.Globalization;
using Clip.Cli.Options;

namespace Clip.Cli.Training;

/// <summary>The options that say what is trained on and what is held out.</summary>
internal sealed class PairDataOptions
{
    private readonly Option<string[]> _data = new("--data")
    {
        Description = "Images with captions: a list (.csv, .tsv, .jsonl, .parquet), a folder of class folders, or shards (a folder of .tar files, names with * or {000..123}). Several are joined.",
        HelpName = "PATH",
    };

    private readonly Option<string?> _weights = Values.Text("--weights", "How often an epoch reads each --data of shards, such as 1,2.5.", "X,X");

    private readonly CaptionListOptions _lists = new(forShards: true);

    private readonly TemplateOption _templates = new();

    private readonly Option<string?> _augmentation = Values.Choice("--augmentation", "How images are varied: a random crop of at least nine tenths, or not.", "crop", "crop", "none");

    private readonly Option<int?> _workers = Values.Whole("--workers", "Images decoded at once. Default: the number of processors.", 1, 1024);

    private readonly DecodingOptions _decoding = new();

    private readonly Option<string?> _validation = Values.Text("--validation", "A list or shards that are not trained on: retrieval among them is measured.", "PATH");

    private readonly Option<int?> _validationPairs = Values.Whole("--validation-pairs", "How many of them. Default: a list's first thousand.", 1, 1_000_000);

    /// <summary>The options, in the order of the help.</summary>
    public IEnumerable<Option> All =>
        [_data, _weights, .. _lists.All, _templates.Option, _augmentation, _workers, .. _decoding.All, _validation, _validationPairs];

    /// <summary>Whether there is data to measure on.</summary>
    public bool HasValidation(Invocation invocation) => invocation.Get(_validation) is not null;

    /// <summary>Finds the data of a command line.</summary>
    /// <exception cref="UsageException">The options contradict each other.</exception>
    /// <exception cref="FailureException">A file is not there.</exception>
    public async Task<PairData> FindAsync(Invocation invocation)
    {
        var sets = (invocation.Get(_data) ?? []).Select(path => PairSet.Find("--data", path, invocation.Unreadable.Add)).ToList();
        if (sets.Count == 0)
            throw new UsageException("Give --data, the images with captions to train on.");
        var kind = sets[0].Kind;
        if (sets.FirstOrDefault(set => set.Kind != kind) is { } other)
            throw new UsageException($"Lists, class folders and shards cannot be mixed, as '{sets[0].Path}' and '{other.Path}' are.");
        if (kind == PairSetKind.ClassFolders && sets.Count > 1)
            throw new UsageException("There can be one folder of class folders in --data; put the classes into one folder.");

        var validation = invocation.Get(_validation) is { } path ? PairSet.Find("--validation", path, invocation.Unreadable.Add) : null;
        if (validation?.Kind == PairSetKind.ClassFolders)
            throw new UsageException($"--validation must be a list or shards, whose images have captions of their own, but '{validation.Path}' is a folder of classes.");
        var pairs = invocation.Get(_validationPairs);
        if (validation?.Kind == PairSetKind.Shards && pairs is null)
            throw new UsageException("--validation of shards needs --validation-pairs: how many samples shards hold is known when they have been read.");
        RequireNeeded(invocation, kind, validation?.Kind);

        return new PairData(sets, ReadWeights(invocation, sets.Count), validation, pairs)
        {
            Columns = _lists.Read(invocation),
            Templates = kind == PairSetKind.ClassFolders ? [.. await _templates.ReadAsync(invocation)] : [],
            IsAugmented = invocation.Get(_augmentation) == "crop",
            Threads = invocation.Get(_workers),
            Images = _decoding.Create(invocation),
        };
    }

    // What would be passed over without a word.
    private void RequireNeeded(Invocation invocation, PairSetKind kind, PairSetKind? validation)
    {
        bool Has(PairSetKind wanted) => kind == wanted || validation == wanted;
        void Require(Option option, bool isNeeded, string purpose)
        {
            if (invocation.IsGiven(option) && !isNeeded)
                throw new UsageException($"{option.Name} is for {purpose}.");
        }
        Require(_weights, kind == PairSetKind.Shards, "--data of shards");
        foreach (var option in _lists.ListsAlone)
            Require(option, Has(PairSetKind.List), "lists");
        Require(_lists.CaptionColumn, Has(PairSetKind.List) || Has(PairSetKind.Shards), "lists and shards");
        Require(_templates.Option, kind == PairSetKind.ClassFolders, "--data of class folders");
        Require(_validationPairs, validation is not null, "--validation");
    }

    private IReadOnlyList<double> ReadWeights(Invocation invocation, int count)
    {
        if (invocation.Get(_weights) is not { } text)
            return [.. Enumerable.Repeat(1.0, count)];
        var weights = text.Split(',')
            .Select(part => double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out var weight) && weight is > 0 and <= 1000 ? weight : double.NaN)
            .ToList();
        return weights.Count == count && !weights.Exists(double.IsNaN)
            ? weights
            : throw new UsageException($"--weights must be a number above 0 and at most 1000 for each of {count} --data, with commas between them, but is '{text}'.");
    }
}
