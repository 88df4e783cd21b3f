using System.Globalization;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;

namespace Clip.DependencyInjection.Tests.Support;

/// <summary>Compiles and runs C# from documents, as notebooks do.</summary>
internal static class ScriptRunner
{
    private static readonly string[] ImplicitUsings = ["System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Threading.Tasks"];

    // Each assembly costs time in each compilation, so only those of which documents speak.
    private static readonly string[] References = ["Clip", "Microsoft.Extensions.", "System.", "TorchSharp", "netstandard"];

    private static readonly ScriptOptions Options = ScriptOptions.Default.WithImports(ImplicitUsings).WithReferences(
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Where(IsReference));

    /// <summary>Runs pieces of code one after another, in the invariant culture.</summary>
    /// <returns>What they print.</returns>
    public static async Task<string> RunAsync(IEnumerable<string> pieces)
    {
        var script = Create(pieces);
        var previous = (Console.Out, Culture: CultureInfo.CurrentCulture);
        using var writer = new StringWriter();
        Console.SetOut(writer);
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        try
        {
            await script.RunAsync();
        }
        finally
        {
            CultureInfo.CurrentCulture = previous.Culture;
            Console.SetOut(previous.Out);
        }
        return writer.ToString();
    }

    // One compilation for all pieces, in which usings have to come first.
    private static Script Create(IEnumerable<string> pieces)
    {
        var lines = string.Join('\n', pieces).Split('\n').ToLookup(IsUsing);
        return CSharpScript.Create(string.Join('\n', lines[true].Distinct().Concat(lines[false])), Options);
    }

    private static bool IsUsing(string line) => line.StartsWith("using ", StringComparison.Ordinal) && !line.Contains('=', StringComparison.Ordinal);

    private static bool IsReference(string path)
    {
        var name = Path.GetFileName(path);
        return name.EndsWith(".dll", StringComparison.Ordinal) && References.Any(start => name.StartsWith(start, StringComparison.Ordinal));
    }
}
