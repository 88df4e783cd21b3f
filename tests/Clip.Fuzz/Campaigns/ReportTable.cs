using System.Globalization;
using System.Text;

namespace Clip.Fuzz.Campaigns;

/// <summary>A campaign's numbers as a table in Markdown.</summary>
internal static class ReportTable
{
    public static string Write(CampaignState state)
    {
        var text = new StringBuilder("| Target | Inputs | Accepted | Refused | Findings | Inputs per second |\n| --- | ---: | ---: | --- | --- | ---: |\n");
        foreach (var (name, report) in state.Targets)
            text.Append(Row(name, report));
        return text.Append(Row("Sum", Sum([.. state.Targets.Values]))).ToString();
    }

    private static string Row(string name, TargetReport report) => string.Create(CultureInfo.InvariantCulture,
        $"| {name} | {report.Inputs:N0} | {report.Accepted:N0} | {List(report.Refused)} | {List(report.Findings)} | {report.Inputs / Math.Max(1, report.Seconds):N0} |\n");

    private static string List(SortedDictionary<string, long> counts) => counts.Count == 0
        ? "0"
        : string.Join(", ", counts.Select(count => string.Create(CultureInfo.InvariantCulture, $"{count.Value:N0} {count.Key}")));

    private static TargetReport Sum(IReadOnlyList<TargetReport> reports) => new()
    {
        Inputs = reports.Sum(report => report.Inputs),
        Accepted = reports.Sum(report => report.Accepted),
        Refused = Sum(reports.SelectMany(report => report.Refused)),
        Findings = Sum(reports.SelectMany(report => report.Findings)),
        Seconds = reports.Sum(report => report.Seconds),
    };

    private static SortedDictionary<string, long> Sum(IEnumerable<KeyValuePair<string, long>> counts) =>
        new(counts.GroupBy(count => count.Key).ToDictionary(group => group.Key, group => group.Sum(count => count.Value)));
}
