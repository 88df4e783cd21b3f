using System.Globalization;
using System.Text.RegularExpressions;

namespace Clip.Shared;

/// <summary>Names that are written with braces, as in a shell: <c>{000..123}</c> and <c>{a,b}</c>.</summary>
internal static partial class BracePattern
{
    // More files than any data set has; a slip of the keyboard should not fill the memory.
    private const int MostNames = 1_000_000;

    /// <summary>All names that a pattern stands for, the first braces varying slowest.</summary>
    /// <exception cref="ArgumentException">There are too many.</exception>
    public static IReadOnlyList<string> Expand(string pattern)
    {
        var match = Braces().Match(pattern);
        if (!match.Success)
            return [pattern];
        var choices = match.Groups["first"].Success ? Range(pattern, match) : match.Groups["list"].Value.Split(',');
        var ends = Expand(pattern[(match.Index + match.Length)..]);
        if ((long)choices.Count * ends.Count > MostNames)
            throw TooMany(pattern);
        return [.. from choice in choices from end in ends select pattern[..match.Index] + choice + end];
    }

    private static IReadOnlyList<string> Range(string pattern, Match match)
    {
        var (first, last) = (match.Groups["first"].Value, match.Groups["last"].Value);
        var (low, high) = (int.Parse(first, CultureInfo.InvariantCulture), int.Parse(last, CultureInfo.InvariantCulture));
        if (low > high)
            throw new ArgumentException($"'{pattern}' counts down from {first} to {last}.");
        if ((long)high - low >= MostNames)
            throw TooMany(pattern);
        // As many digits as the first number is written with.
        return [.. Enumerable.Range(low, high - low + 1).Select(number => number.ToString($"D{first.Length}", CultureInfo.InvariantCulture))];
    }

    private static ArgumentException TooMany(string pattern) => new($"'{pattern}' stands for more than {MostNames:N0} names.");

    [GeneratedRegex(@"\{(?:(?<first>[0-9]{1,9})\.\.(?<last>[0-9]{1,9})|(?<list>[^{}]*,[^{}]*))\}", RegexOptions.CultureInvariant)]
    private static partial Regex Braces();
}
