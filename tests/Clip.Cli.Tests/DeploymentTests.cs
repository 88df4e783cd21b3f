using System.Text.RegularExpressions;
using Clip.Cli.Tests.Support;
using k8s;
using k8s.Models;

namespace Clip.Cli.Tests;

/// <summary>The commands in deploy/ and docs/scale.md, by the tool's own parser.</summary>
public sealed partial class DeploymentTests
{
    private static readonly string Folder = Path.Combine(Fixtures.Repository, "deploy");

    public static TheoryData<string> Files => [.. Directory.GetFiles(Folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Folder, path))];

    [Theory]
    [MemberData(nameof(Files))]
    public void File_Commands_AreTheTools(string path)
    {
        Assert.All(Commands(File.ReadAllText(Path.Combine(Folder, path))), RequireParsed);
    }

    [Fact]
    public void Files_Commands_AreFound()
    {
        var all = Files.Select(row => row.Data).ToDictionary(path => path.Replace('\\', '/'), path => Commands(File.ReadAllText(Path.Combine(Folder, path))).Count());

        Assert.Equal(1, all["slurm/embed.sbatch"]);
        Assert.Equal(2, all["slurm/train.sbatch"]);
        Assert.Equal(1, all["kubernetes/embed.yaml"]);
        Assert.Equal(1, all["container/compose.yaml"]);
    }

    [Fact]
    public void ScaleGuide_Commands_AreTheTools()
    {
        var guide = File.ReadAllText(Path.Combine(Fixtures.Repository, "docs", "scale.md")).ReplaceLineEndings("\n");
        var commands = FencedBlock().Matches(guide).Where(block => block.Groups[1].Length == 0).SelectMany(block => Commands(block.Groups[2].Value)).Where(command => !command.Contains("...")).ToList();

        Assert.NotEmpty(commands);
        Assert.All(commands, RequireParsed);
    }

    [Fact]
    public void Kubernetes_Workers_AreTheJobsCompletions()
    {
        var job = File.ReadAllText(Path.Combine(Folder, "kubernetes", "embed.yaml"));

        Assert.Contains($"\"--worker\", \"/{Regex.Match(job, @"completions: (\d+)").Groups[1].Value}\"", job, StringComparison.Ordinal);
    }

    // Kubernetes itself lets fields pass that it does not know.
    [Fact]
    public void Kubernetes_Job_HasOnlyFieldsOfJobs()
    {
        var text = File.ReadAllText(Path.Combine(Folder, "kubernetes", "embed.yaml"));
        var job = KubernetesYaml.Deserialize<V1Job>(text, strict: true);

        Assert.Equal(("batch/v1", "Job", "Indexed"), (job.ApiVersion, job.Kind, job.Spec.CompletionMode));
        var pod = job.Spec.Template.Spec;
        Assert.Equal(pod.Volumes.Select(volume => volume.Name).Order(), Assert.Single(pod.Containers).VolumeMounts.Select(mount => mount.Name).Order());
        Assert.ThrowsAny<Exception>(() => KubernetesYaml.Deserialize<V1Job>(text.Replace("parallelism:", "paralelism:", StringComparison.Ordinal), strict: true));
    }

    // A YAML list of arguments in JSON's form, or a line of a shell with what stands before the tool's name left out.
    private static IEnumerable<string[]> Commands(string text)
    {
        foreach (Match list in ArgumentList().Matches(text))
            yield return System.Text.Json.JsonSerializer.Deserialize<string[]>(list.Groups[1].Value)!;
        foreach (var line in text.Split('\n').Where(line => !line.TrimStart().StartsWith('#')))
        {
            if (ToolCall().Match(line) is { Success: true } call)
                yield return [.. Word().Matches(Tail().Replace(call.Groups[1].Value, "")).Select(word => Default().Replace(word.Value.Trim('"', '\''), "$1")).Where(word => word != "$@")];
        }
    }

    private static void RequireParsed(string[] arguments)
    {
        var parsed = ClipTool.Parse(arguments, new ToolConsole(Stream.Null, TextWriter.Null, TextWriter.Null));
        Assert.True(parsed.Errors.Count == 0, $"clip {string.Join(' ', arguments)}: {string.Join(' ', parsed.Errors.Select(error => error.Message))}");
    }

    [GeneratedRegex(@"^\s*(?:args|command): (\[.*\])", RegexOptions.Multiline)]
    private static partial Regex ArgumentList();

    [GeneratedRegex(@"(?:^|\s)clip ((?:embed|train|search) .*)$")]
    private static partial Regex ToolCall();

    [GeneratedRegex(@" (?:&&|\|\||\||#|>).*$")]
    private static partial Regex Tail();

    // A variable of the shell and the value it has when it is not set.
    [GeneratedRegex(@"\$\{\w+:-(.*)\}")]
    private static partial Regex Default();

    [GeneratedRegex("\"[^\"]*\"|'[^']*'|[^\\s]+")]
    private static partial Regex Word();

    [GeneratedRegex(@"^```(\w*)\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex FencedBlock();
}
