using System.Globalization;
using Clip.Shared;
using Clip.Training.Data.Reading;

namespace Clip.Training.Data.Shards;

/// <summary>Which shards an epoch reads, in which order, and which of them are this rank's.</summary>
internal sealed class ShardList
{
    private readonly (string[] Paths, double Weight)[] _sets;
    private readonly PairSourceOptions _options;

    public ShardList(IEnumerable<ShardSet> sets, PairSourceOptions options)
    {
        _options = options;
        _sets = [.. sets.Select(set => (Find(set.Paths), RequireWeight(set)))];
        if (_sets.Length == 0)
            throw new ArgumentException("There are no sets of shards.", nameof(sets));
        var fewest = _sets.Sum(set => (long)Math.Floor(set.Weight * set.Paths.Length));
        if (fewest < options.WorldSize)
        {
            throw new ArgumentException(
                $"An epoch has {fewest} shards for {options.WorldSize} ranks; split the data into more of them or raise a weight.", nameof(sets));
        }
    }

    /// <summary>All shards, each once.</summary>
    public IReadOnlyList<string> Paths => [.. _sets.SelectMany(set => set.Paths)];

    /// <summary>What errors call them.</summary>
    public string Name => _sets.Length == 1 && _sets[0].Paths.Length == 1 ? _sets[0].Paths[0] : $"{_sets[0].Paths[0]} and the other shards";

    /// <summary>The names and lengths of the files, which may have moved.</summary>
    public string Identity
    {
        get
        {
            var files = string.Join('\n', Paths.Select(path => $"{Path.GetFileName(path)} {new FileInfo(path).Length}"));
            var hash = System.IO.Hashing.XxHash128.Hash(System.Text.Encoding.UTF8.GetBytes(files));
            var weights = string.Join(' ', _sets.Select(set => set.Weight.ToString(CultureInfo.InvariantCulture)));
            return $"{Paths.Count} shards {Convert.ToHexStringLower(hash)}; weights {weights}";
        }
    }

    /// <summary>The shards that this rank reads in an epoch.</summary>
    public IEnumerable<string> Of(long epoch)
    {
        var all = new List<string>();
        for (var set = 0; set < _sets.Length; set++)
        {
            var (paths, weight) = _sets[set];
            var whole = (int)Math.Floor(weight);
            for (var time = 0; time < whole; time++)
                all.AddRange(paths);
            // The rest of the weight is a share of the shards, others in each epoch.
            var more = (int)Math.Floor((weight - whole) * paths.Length);
            var order = new Permutation(paths.Length, SeedMixer.Mix(_options.Seed, epoch, set, 3));
            all.AddRange(Enumerable.Range(0, more).Select(place => paths[order[place]]));
        }
        var shuffled = new Permutation(all.Count, SeedMixer.Mix(_options.Seed, epoch, 4));
        for (var place = _options.Rank; place < all.Count; place += _options.WorldSize)
            yield return all[(int)(_options.Shuffle ? shuffled[place] : place)];
    }

    private static string[] Find(string paths)
    {
        ArgumentException.ThrowIfNullOrEmpty(paths);
        var found = paths.Split("::").SelectMany(BracePattern.Expand).SelectMany(Files).Select(Path.GetFullPath).ToArray();
        foreach (var path in found)
        {
            if (RegularFile.FindProblem(path) is { } problem)
                throw new PairDataException(path, problem);
        }
        return found.FirstOrDefault(path => !File.Exists(path)) is { } missing
            ? throw new FileNotFoundException($"There is no shard '{missing}'.", missing)
            : found;
    }

    private static IEnumerable<string> Files(string path)
    {
        if (!Directory.Exists(path))
            return [path];
        var files = Directory.GetFiles(path).Where(file => file.EndsWith(".tar", StringComparison.OrdinalIgnoreCase)
            || file.EndsWith(".tar.gz", StringComparison.OrdinalIgnoreCase) || file.EndsWith(".tgz", StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal).ToArray();
        return files.Length > 0 ? files : throw new FileNotFoundException($"There are no .tar files in '{path}'.", path);
    }

    private static double RequireWeight(ShardSet set) => set.Weight is > 0 and <= 1000
        ? set.Weight
        : throw new ArgumentException($"The weight of '{set.Paths}' must be above 0 and at most 1000 but is {set.Weight}.");
}
