using System.Globalization;
using System.Text.RegularExpressions;
using Clip.Shared;

namespace Clip.Shards;

/// <summary>A tar file of images, and the number that its outputs have in their names.</summary>
/// <param name="Number">
/// Digits, such as 00017: of the tar file's own name where all names are numbers, else its place in the list.
/// </param>
/// <param name="Address">A path, an address of HTTP, or <c>pipe:</c> and a command whose standard output is the tar file.</param>
public sealed partial record Shard(string Number, string Address)
{
    /// <summary>What addresses of commands begin with.</summary>
    internal const string Pipe = "pipe:";

    private const int MostDigits = 18;

    /// <summary>Finds the shards that patterns name.</summary>
    /// <param name="patterns">
    /// Paths, folders of .tar files, addresses, commands, each with braces as in a shell: <c>in/{00000..41455}.tar</c>. A command is run by the system's
    /// shell.
    /// </param>
    /// <returns>The shards, in their order. Whether they are there shows when they are read.</returns>
    /// <exception cref="ArgumentException">There are none or too many, or one is named twice.</exception>
    /// <exception cref="FileNotFoundException">A folder has no tar file.</exception>
    public static IReadOnlyList<Shard> Find(params IEnumerable<string> patterns)
    {
        ArgumentNullException.ThrowIfNull(patterns);
        var addresses = patterns.SelectMany(BracePattern.Expand).SelectMany(FilesOf).ToList();
        if (addresses.Count == 0)
            throw new ArgumentException("There are no shards.", nameof(patterns));
        if (addresses.GroupBy(address => address, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ArgumentException($"The shard '{twice.Key}' is named twice.", nameof(patterns));
        var names = addresses.ConvertAll(NumberIn);
        var areNumbered = names.TrueForAll(name => name is not null) && names.Distinct().Count() == names.Count;
        return [.. addresses.Select((address, place) => new Shard(areNumbered ? names[place]! : place.ToString("D5", CultureInfo.InvariantCulture), address))];
    }

    /// <summary>Whether all numbers are those of the shards' own names, so that another list gives the same shard the same number.</summary>
    internal static bool AreNumberedByName(IEnumerable<Shard> shards) => shards.All(shard => NumberIn(shard.Address) == shard.Number);

    private static IEnumerable<string> FilesOf(string address)
    {
        ArgumentException.ThrowIfNullOrEmpty(address);
        if (!Directory.Exists(address))
            return [address];
        var files = Directory.GetFiles(address).Where(file => TarName().IsMatch(Path.GetFileName(file))).Order(StringComparer.Ordinal).ToList();
        return files.Count > 0 ? files : throw new FileNotFoundException($"There are no .tar files in '{address}'.", address);
    }

    // The last name of a tar file in the address: commands may name others, such as options, before it.
    private static string? NumberIn(string address) =>
        TarName().Matches(address) is { Count: > 0 } matches && matches[^1].Groups["stem"].Value is { Length: <= MostDigits } stem && stem.All(char.IsAsciiDigit) ? stem : null;

    [GeneratedRegex(@"(?<stem>[^/\\\s'""=]+?)\.(?:tar|tar\.gz|tgz)\b", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex TarName();
}
