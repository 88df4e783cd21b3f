using System.Reflection;
using System.Runtime.Loader;

namespace Clip.Runtime.Probe;

/// <summary>Loads this application once more as a plugin, in a context of its own.</summary>
public static class PluginProbe
{
    /// <summary>Computes inside the plugin.</summary>
    /// <param name="assembly">The plugin: a copy of this very assembly, in a folder with what it needs.</param>
    /// <param name="throwing">Whether its context throws for a native library that does not load.</param>
    public static void Run(string assembly, bool throwing)
    {
        var plugin = new PluginContext(assembly, throwing).LoadFromAssemblyPath(assembly);
        var probes = plugin.GetType(typeof(Probes).FullName!, throwOnError: true)!;
        probes.GetMethod(nameof(Probes.ComputeWithClip), BindingFlags.Public | BindingFlags.Static)!.Invoke(null, null);
    }

    private sealed class PluginContext(string assembly, bool throwing) : AssemblyLoadContext("plugin")
    {
        private readonly AssemblyDependencyResolver _resolver = new(assembly);

        protected override Assembly? Load(AssemblyName assemblyName) =>
            _resolver.ResolveAssemblyToPath(assemblyName) is { } path ? LoadFromAssemblyPath(path) : null;

        protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
            throwing && _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : 0;
    }
}
