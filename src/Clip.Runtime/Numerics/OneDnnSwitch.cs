using System.Runtime.InteropServices;

namespace Clip.Runtime.Numerics;

/// <summary>Turns oneDNN off in a libtorch that is loaded: its own operators and MKL compute instead, not NNPACK, which writes a warning for each convolution on a processor that it does not know.</summary>
/// <remarks>What Python calls <c>torch.backends.mkldnn.enabled = False</c>; TorchSharp has no name for it. Operators that ask for oneDNN by name still reach it.</remarks>
internal static unsafe class OneDnnSwitch
{
    // at::globalContext(), at::Context::setUserEnabledMkldnn(bool) and setUserEnabledNNPACK(bool), as GCC and Clang spell them, and as Microsoft's compiler does.
    private static readonly (string Context, string Set, string SetNnpack)[] s_names =
    [
        ("_ZN2at13globalContextEv", "_ZN2at7Context20setUserEnabledMkldnnEb", "_ZN2at7Context20setUserEnabledNNPACKEb"),
        ("?globalContext@at@@YAAEAVContext@1@XZ", "?setUserEnabledMkldnn@Context@at@@QEAAX_N@Z", "?setUserEnabledNNPACK@Context@at@@QEAAX_N@Z"),
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
                var global = ((delegate* unmanaged<nint>)context)();
                ((delegate* unmanaged<nint, byte, void>)set)(global, 0);
                if (NativeLibrary.TryGetExport(library, names.SetNnpack, out var setNnpack))
                    ((delegate* unmanaged<nint, byte, void>)setNnpack)(global, 0);
                return true;
            }
        }
        return false;
    }
}
