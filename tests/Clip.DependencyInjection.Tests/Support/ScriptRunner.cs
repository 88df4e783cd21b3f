using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;

namespace Clip.DependencyInjection.Tests.Support;

/// <summary>Runs C# as notebooks do: piece after piece, each seeing the names of those before it.</summary>
internal static class ScriptRunner
{
    private static readonly string[] ImplicitUsings = ["System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Threading.Tasks"];

    /// <summary>Runs pieces of code.</summary>
    /// <returns>What they print.</returns>
    public static async Task<string> RunAsync(IEnumerable<string> pieces)
    {
        var assemblies = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        var options = ScriptOptions.Default.WithReferences(assemblies.Where(IsManaged)).WithImports(ImplicitUsings);
        var previous = Console.Out;
        using var writer = new StringWriter();
        Console.SetOut(writer);
        try
        {
            ScriptState? state = null;
            foreach (var piece in pieces)
                state = state is null ? await CSharpScript.RunAsync(piece, options) : await state.ContinueWithAsync(piece, options);
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
