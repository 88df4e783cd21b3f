using System.Runtime.CompilerServices;
using Clip.Runtime;

namespace Clip.Losses.Tests.Support;

internal static class OneThread
{
    // Tensors are tiny here, and threads that wait for each other cost more than they compute.
    [ModuleInitializer]
    internal static void Use()
    {
        TorchLibraries.EnsureLoaded();
        set_num_threads(1);
    }
}
