using Mono.Cecil;

namespace Clip.Architecture.Tests;

/// <summary>The packages' assemblies and TorchSharp's, read and not loaded.</summary>
public sealed class BuiltAssemblies : IDisposable
{
    private readonly DefaultAssemblyResolver _resolver = new();

    public BuiltAssemblies()
    {
        _resolver.AddSearchDirectory(AppContext.BaseDirectory);
        Torch = _resolver.Resolve(new AssemblyNameReference("TorchSharp", null)).MainModule;
        Packages = [.. Directory.EnumerateDirectories(Path.Combine(Fixtures.Repository, "src"), "Clip*")
            .Select(folder => Path.GetFileName(folder))
            .Where(name => name != "Clip.Templates")
            .Select(Read)];
    }

    public ModuleDefinition Torch { get; }

    public IReadOnlyList<ModuleDefinition> Packages { get; }

    public void Dispose()
    {
        foreach (var package in Packages)
            package.Dispose();
        _resolver.Dispose();
    }

    private ModuleDefinition Read(string name) => ModuleDefinition.ReadModule(
        Path.Combine(AppContext.BaseDirectory, name + ".dll"), new ReaderParameters { AssemblyResolver = _resolver });
}
