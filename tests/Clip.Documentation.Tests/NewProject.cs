using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Clip.Documentation.Tests;

/// <summary>A project as <c>dotnet new</c> makes it, with one file in it.</summary>
internal static class NewProject
{
    private static readonly string[] ConsoleUsings =
        ["System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading", "System.Threading.Tasks"];

    private static readonly string[] WebUsings =
    [
        "System.Net.Http.Json", "Microsoft.AspNetCore.Builder", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Http", "Microsoft.AspNetCore.Routing",
        "Microsoft.Extensions.Configuration", "Microsoft.Extensions.DependencyInjection", "Microsoft.Extensions.Hosting", "Microsoft.Extensions.Logging",
    ];

    private static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => !Path.GetFileName(path).EndsWith(".Tests.dll", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    /// <summary>Compiles a file in a project of its own.</summary>
    /// <param name="text">The file. One that makes a web application is compiled as in a web project, which has more implicit usings.</param>
    /// <returns>What the compiler has against it, each with its line.</returns>
    public static IReadOnlyList<(int Line, string Message)> Compile(string text)
    {
        var isWeb = text.Contains("WebApplication.", StringComparison.Ordinal);
        var implicitUsings = string.Concat(ConsoleUsings.Concat(isWeb ? WebUsings : []).Select(name => $"global using {name};\n"));
        var options = new CSharpParseOptions(LanguageVersion.Latest);
        var file = CSharpSyntaxTree.ParseText(text, options);
        var isProgram = file.GetCompilationUnitRoot().Members.Any(member => member is GlobalStatementSyntax);
        var compilation = CSharpCompilation.Create(
            "Reader",
            [file, CSharpSyntaxTree.ParseText(implicitUsings, options)],
            References,
            new CSharpCompilationOptions(
                isProgram ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        return
        [
            .. from diagnostic in compilation.GetDiagnostics()
               where diagnostic.Severity == DiagnosticSeverity.Error
               select (diagnostic.Location.GetLineSpan().StartLinePosition.Line, diagnostic.ToString()),
        ];
    }
}
