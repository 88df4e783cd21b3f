using System.Text.RegularExpressions;
using Clip.Models;
using Microsoft.Extensions.Options;

namespace Clip.DependencyInjection;

/// <summary>Finds what is wrong with options before the application serves anybody.</summary>
internal sealed partial class ClipOptionsValidator : IValidateOptions<ClipOptions>
{
    public ValidateOptionsResult Validate(string? name, ClipOptions options)
    {
        var where = string.IsNullOrEmpty(name) ? nameof(ClipOptions) : $"{nameof(ClipOptions)} '{name}'";
        var problems = FindProblems(options).Select(problem => $"{where}: {problem}").ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> FindProblems(ClipOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.Model))
            yield return "Model is empty; name one such as \"ViT-B/32\", a Hub repository, a folder or a file.";
        else if (IsPath(options.Model) && !Path.Exists(options.Model))
            yield return $"Model is '{options.Model}', and there is no such file or folder{Resolved(options.Model)}.";

        if (options.Device is null || !DeviceName().IsMatch(options.Device))
            yield return $"Device is '{options.Device}' and has to be \"auto\", \"cpu\", \"cuda\", \"cuda:N\" or \"mps\".";
        if (!Enum.IsDefined(options.Precision))
            yield return $"Precision has no value {options.Precision}.";
        if (!Enum.IsDefined(options.Quantization))
            yield return $"Quantization has no value {options.Quantization}.";
        if (options.Towers is not (Towers.Image or Towers.Text or Towers.Both))
            yield return $"Towers is {options.Towers} and has to be Both, Image or Text.";
        if (!Enum.IsDefined(options.TextOverflow))
            yield return $"TextOverflow has no value {options.TextOverflow}.";
        if (options.Activation is { } activation && !Enum.IsDefined(activation))
            yield return $"Activation has no value {activation}.";

        if (options.BatchSize is < 1)
            yield return $"BatchSize is {options.BatchSize} and has to be at least 1.";
        if (options.DecodingThreads is < 1)
            yield return $"DecodingThreads is {options.DecodingThreads} and has to be at least 1.";
        if (options.MaxConcurrency is < 1)
            yield return $"MaxConcurrency is {options.MaxConcurrency} and has to be at least 1.";

        if (options.Vocabulary is { } vocabulary && !Path.Exists(vocabulary))
            yield return $"Vocabulary is '{vocabulary}', and there is no such file or folder{Resolved(vocabulary)}.";
        if (options.CacheFolder is { } folder && string.IsNullOrWhiteSpace(folder))
            yield return "CacheFolder is blank; leave it out for the Hub's own.";
    }

    // "org/name" may be a folder or a repository: only what can be nothing but a path is looked for.
    private static bool IsPath(string model) => Path.IsPathRooted(model) || model.StartsWith('.');

    private static string Resolved(string path) =>
        string.IsNullOrWhiteSpace(path) || path.Contains('\0') || Path.IsPathFullyQualified(path) ? "" : $" at '{Path.GetFullPath(path)}'";

    [GeneratedRegex(@"\A(auto|cpu|mps|cuda(:\d{1,3})?)\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex DeviceName();
}
