using Clip.Runtime.Native;

namespace Clip.Runtime;

/// <summary>Makes sure that TorchSharp's native libraries load on this machine, or says what is missing.</summary>
/// <remarks>
/// <para>
/// TorchSharp's own native library asks for GCC 13's C++ runtime, which Debian 12 and Ubuntu 22.04 do not have. There,
/// and only there, Clip loads a copy of the library that asks for the older name of the same function.
/// </para>
/// <para>All members are safe to call from any thread, any number of times.</para>
/// </remarks>
public static class TorchLibraries
{
    /// <summary>Subscribes to the runtime's search for native libraries; loads nothing.</summary>
    /// <remarks>
    /// Called by a module initializer that the Clip packages compile into applications, so that TorchSharp loads even when
    /// an application touches it before it touches Clip.
    /// </remarks>
    public static void Register() => LibraryResolver.Register();

    /// <summary>Loads TorchSharp and libtorch, if they are not loaded yet.</summary>
    /// <exception cref="TorchNotFoundException">
    /// A library is missing or cannot be loaded; the message names the package to add.
    /// </exception>
    public static void EnsureLoaded() => TorchLoader.EnsureLoaded();
}
