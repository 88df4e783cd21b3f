using Clip.Runtime.Native;
using Clip.Runtime.Numerics;

namespace Clip.Runtime;

/// <summary>Makes sure that TorchSharp's native libraries load on this machine, or says what is missing.</summary>
/// <remarks>
/// <para>
/// TorchSharp's own native library asks for the C++ runtime of GCC 13, which Debian 12, Ubuntu 22.04 and RHEL 9 do not
/// have. There, and only there, Clip loads a copy of the library that asks for older names of the same functions. The
/// copy is in memory alone.
/// </para>
/// <para>
/// Where Linux's loader finds another libtorch by name, such as that of Debian's python3-torch, the application's own is loaded by its full path
/// before TorchSharp asks for it.
/// </para>
/// <para>
/// oneDNN, which libtorch uses for convolutions and half precision, computes wrongly on processors that do not describe their caches, as some
/// virtual machines show them. There, and only there, unless the variable ONEDNN_MAX_CPU_ISA is set, Clip limits oneDNN to SSE4.1 and
/// tells libtorch not to use it.
/// </para>
/// <para>
/// In a plugin, TorchSharp asks the plugin's <see cref="System.Runtime.Loader.AssemblyLoadContext"/> first. Its
/// <c>LoadUnmanagedDll</c> must return zero for a library that does not load, rather than throw, for the copy to be tried.
/// </para>
/// <para>All members are safe to call from any thread, any number of times.</para>
/// </remarks>
public static class TorchLibraries
{
    /// <summary>Subscribes to the runtime's search for native libraries, and limits oneDNN where it cannot be trusted. Loads nothing, unless there is
    /// another libtorch that would be found before the application's own.</summary>
    /// <remarks>
    /// Called by a module initializer that the Clip packages compile into applications, so that TorchSharp loads, and computes what it should, even
    /// when an application touches it before it touches Clip.
    /// </remarks>
    public static void Register()
    {
        OneDnnGuard.LimitInstructions();      // before libtorch is loaded
        LibraryResolver.Register();
    }

    /// <summary>Loads TorchSharp and libtorch, if they are not loaded yet.</summary>
    /// <exception cref="TorchNotFoundException">
    /// A library is missing or cannot be loaded; the message names the package to add.
    /// </exception>
    public static void EnsureLoaded() => TorchLoader.EnsureLoaded();
}
