using System.Diagnostics;
using Xunit;

namespace Clip.TestUtilities;

/// <summary>Native libraries that a test writes, in the place of ones that this machine lacks.</summary>
public static class CLibrary
{
    private const string Compiler = "/usr/bin/cc";

    /// <summary>Compiles one; the test is skipped where there is no compiler.</summary>
    /// <param name="path">The library's path.</param>
    /// <param name="source">Its source in C.</param>
    public static async Task CompileAsync(string path, string source)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists(Compiler), $"Needs {Compiler}, to write the library with that is asked.");
        var file = path + ".c";
        File.WriteAllText(file, source);
        using var compiler = Process.Start(Compiler, ["-shared", "-fPIC", "-Wall", "-Werror", "-pthread", "-o", path, file]);
        await compiler.WaitForEndAsync();
        Assert.Equal(0, compiler.ExitCode);
    }
}
