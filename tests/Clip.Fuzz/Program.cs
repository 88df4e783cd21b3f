// Mutation campaigns: dotnet run --project tests/Clip.Fuzz -c Release -- --inputs 500000 --seed 1
using Clip.Fuzz.Campaigns;

if (args is [Worker.Command, ..])
    return Worker.Run(args);

CampaignOptions options;
try
{
    options = CampaignOptions.Parse(args);
}
catch (Exception e) when (e is ArgumentException or FormatException)
{
    Console.Error.WriteLine($"{e.Message}\n\n{CampaignOptions.Usage}");
    return 2;
}

if (options.List)
{
    foreach (var target in options.Targets)
        Console.WriteLine($"{target.Name,-26} {target.Calls}; refuses with {string.Join(", ", target.Documented.Select(type => type.Name).DefaultIfEmpty("nothing"))}");
    return 0;
}
if (options.Replay is { } path)
    return options.Targets.Count == 1 && Replay.Run(options.Targets[0], path) ? 0 : 1;

var state = await new Campaign(options).RunAsync();
Console.WriteLine(ReportTable.Write(state));
return state.Targets.Values.Any(report => report.Findings.Count > 0) ? 1 : 0;
