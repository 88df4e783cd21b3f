using System.Globalization;
using System.Text.Json;
using Clip.Fuzz.Targets;
using Clip.Fuzz.Trials;

namespace Clip.Fuzz.Campaigns;

/// <summary>The process that reads inputs, so that its end or its endlessness is a finding and not the campaign's.</summary>
/// <remarks>It writes a line per input: the number and the outcome as JSON. The input after the last line is the one that ended it.</remarks>
internal static class Worker
{
    /// <summary>The first word of its command line; target, seed, first number and the number after the last follow.</summary>
    public const string Command = "worker";

    // What libraries open once is less, what is never closed soon more.
    private const int MostFilesMore = 64;
    private const int FilesEvery = 250;

    /// <summary>How its process is started.</summary>
    public static string[] Arguments(FuzzTarget target, int seed, long first, long end) =>
        [Command, target.Name, .. new[] { seed, first, end }.Select(number => number.ToString(CultureInfo.InvariantCulture))];

    /// <summary>Reads the inputs.</summary>
    public static int Run(IReadOnlyList<string> arguments)
    {
        var target = TargetList.Get(arguments[1]);
        var (seed, first, end) = (int.Parse(arguments[2], CultureInfo.InvariantCulture), Number(arguments[3]), Number(arguments[4]));
        using var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true, NewLine = "\n" };
        using var room = new TrialRoom(target);
        var files = int.MaxValue;
        for (var number = first; number < end; number++)
        {
            var (name, bytes) = InputMaker.Make(target, seed, number);
            var outcome = room.Run(name, bytes);
            if (number % FilesEvery == FilesEvery - 1)
            {
                var open = CountOpenFiles();
                if (open > (long)files + MostFilesMore && outcome.Finding is null)
                    outcome = Outcome.Found("leftover", $"{open} files are open, {files} were some {FilesEvery} inputs or more before");
                files = Math.Min(files, open);
            }
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{number}\t{JsonSerializer.Serialize(outcome)}"));
        }
        return 0;
    }

    /// <summary>Reads a line that it wrote.</summary>
    public static (long Number, Outcome Outcome) Parse(string line)
    {
        var tab = line.IndexOf('\t', StringComparison.Ordinal);
        return (Number(line[..tab]), JsonSerializer.Deserialize<Outcome>(line[(tab + 1)..])!);
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private static int CountOpenFiles() => Directory.Exists("/proc/self/fd") ? Directory.GetFileSystemEntries("/proc/self/fd").Length : 0;
}
