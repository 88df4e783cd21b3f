using System.Runtime.InteropServices;

namespace Clip.Runtime.Numerics;

/// <summary>Turns oneDNN off in a libtorch that is loaded: its own operators and MKL compute instead.</summary>
/// <remarks>What Python calls <c>torch.backends.mkldnn.enabled = False</c>; TorchSharp has no name for it. Operators that ask for oneDNN by name still reach it.</remarks>
internal static unsafe class OneDnnSwitch
{
    // at::globalContext() and at::Context::setUserEnabledMkldnn(bool), as GCC and Clang spell them, and as Microsoft's compiler does.
    private static readonly (string Context, string Set)[] s_names =
    [
        ("_ZN2at13globalContextEv", "_ZN2at7Context20setUserEnabledMkldnnEb"),
        ("?globalContext@at@@YAAEAVContext@1@XZ", "?setUserEnabledMkldnn@Context@at@@QEAAX_N@Z"),
    ];

    /// <summary>Turns it off.</summary>
    /// <returns>Whether libtorch has the switch.</returns>
    public static bool TurnOff()
    {
        if (!NativeLibrary.TryLoad("torch_cpu", typeof(torch).Assembly, null, out var library))
            return false;
        foreach (var names in s_names)
        {
            if (NativeLibrary.TryGetExport(library, names.Context, out var context) && NativeLibrary.TryGetExport(library, names.Set, out var set))
            {
                ((delegate* unmanaged<nint, byte, void>)set)(((delegate* unmanaged<nint>)context)(), 0);
                return true;
            }
        }
        return false;
    }
}
