using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Clip.Preprocessing;

namespace Clip.Cli.Options;

/// <summary>Options whose values are checked here, so that the error says what was expected.</summary>
internal static class Values
{
    /// <summary>An option for a whole number.</summary>
    public static Option<int?> Whole(string name, string description, int least, int most, int? fallback = null, string helpName = "N")
    {
        var option = new Option<int?>(name)
        {
            Description = description,
            HelpName = helpName,
            CustomParser = result => int.TryParse(Token(result), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
                    && value >= least && value <= most
                ? value
                : Refuse<int?>(result, name, most == int.MaxValue ? $"a whole number from {least}" : $"a whole number from {least} to {most}"),
        };
        if (fallback is not null)
            option.DefaultValueFactory = _ => fallback;
        return option;
    }

    /// <summary>An option for a number.</summary>
    public static Option<double?> Number(string name, string description, double least, double most) => new(name)
    {
        Description = description,
        HelpName = "X",
        CustomParser = result => double.TryParse(Token(result), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                && value >= least && value <= most
            ? value
            : Refuse<double?>(result, name, string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {most}")),
    };

    /// <summary>An option for three numbers, one for each channel.</summary>
    public static Option<ChannelValues?> Channels(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "R,G,B",
        CustomParser = result =>
        {
            var parts = Token(result).Split(',');
            var values = new float[3];
            for (var i = 0; i < 3; i++)
            {
                if (parts.Length != 3 || !float.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out values[i]) || !float.IsFinite(values[i]))
                    return Refuse<ChannelValues?>(result, name, "three numbers with commas between them, such as 0.5,0.5,0.5");
            }
            return new ChannelValues(values[0], values[1], values[2]);
        },
    };

    /// <summary>An option for a number of bytes, with KB, MB or GB behind it.</summary>
    public static Option<long?> Bytes(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "SIZE",
        CustomParser = result => TryParseBytes(Token(result), out var bytes)
            ? bytes
            : Refuse<long?>(result, name, "a size such as 500MB or 5GB"),
    };

    /// <summary>An option for one of some words.</summary>
    public static Option<string?> Choice(string name, string description, string? fallback, params string[] words)
    {
        var option = new Option<string?>(name)
        {
            Description = description,
            HelpName = string.Join('|', words),
            CustomParser = result => words.Contains(Token(result), StringComparer.Ordinal)
                ? Token(result)
                : Refuse<string?>(result, name, string.Join(", ", words[..^1]) + " or " + words[^1]),
        };
        if (fallback is not null)
            option.DefaultValueFactory = _ => fallback;
        return option;
    }

    /// <summary>An option for a text, a path or a name.</summary>
    public static Option<string?> Text(string name, string description, string helpName, bool required = false) => new(name)
    {
        Description = description,
        HelpName = helpName,
        Required = required,
        CustomParser = result => Token(result).Length > 0 ? Token(result) : Refuse<string?>(result, name, "not empty"),
    };

    /// <summary>The option for rows in float16.</summary>
    public static Option<bool> Float16(string description) => new("--float16") { Description = description };

    private static string Token(ArgumentResult result) => result.Tokens[0].Value;

    private static T? Refuse<T>(ArgumentResult result, string name, string expected)
    {
        result.AddError($"{name} must be {expected}, but is '{Token(result)}'.");
        return default;
    }

    // As Hugging Face's max_shard_size: decimal units.
    private static bool TryParseBytes(string text, out long bytes)
    {
        var (number, unit) = text.ToUpperInvariant() switch
        {
            [.. var digits, 'G', 'B'] => (digits, 1_000_000_000L),
            [.. var digits, 'M', 'B'] => (digits, 1_000_000L),
            [.. var digits, 'K', 'B'] => (digits, 1_000L),
            var digits => (digits, 1L),
        };
        bytes = 0;
        if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count < 1 || count > long.MaxValue / unit)
            return false;
        bytes = count * unit;
        return true;
    }
}
