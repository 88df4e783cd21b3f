using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;

namespace Clip.DependencyInjection.Tests.Support;

/// <summary>Runs C# as notebooks do: piece after piece, each seeing the names of those before it.</summary>
internal static class ScriptRunner
{
    private static readonly string[] ImplicitUsings = ["System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Threading.Tasks"];

    private static readonly ScriptOptions Options = ScriptOptions.Default.WithImports(ImplicitUsings).WithReferences(
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Where(IsManaged));

    /// <summary>Compiles pieces of code.</summary>
    /// <returns>What is wrong with the last one.</returns>
    public static IEnumerable<string> Compile(IEnumerable<string> pieces)
    {
        Script? script = null;
        foreach (var piece in pieces)
            script = script is null ? CSharpScript.Create(piece, Options) : script.ContinueWith(piece, Options);
        return script!.Compile().Where(problem => problem.Severity == DiagnosticSeverity.Error).Select(problem => problem.ToString());
    }

    /// <summary>Runs pieces of code.</summary>
    /// <returns>What they print.</returns>
    public static async Task<string> RunAsync(IEnumerable<string> pieces)
    {
        var previous = Console.Out;
        using var writer = new StringWriter();
        Console.SetOut(writer);
        try
        {
            ScriptState? state = null;
            foreach (var piece in pieces)
                state = state is null ? await CSharpScript.RunAsync(piece, Options) : await state.ContinueWithAsync(piece, Options);
        }
        finally
        {
            Console.SetOut(previous);
        }
        return writer.ToString();
    }

    // The list may hold native libraries too.
    private static bool IsManaged(string path)
    {
        using var stream = File.OpenRead(path);
        using var reader = new System.Reflection.PortableExecutable.PEReader(stream);
        return path.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) && reader.HasMetadata;
    }
}
