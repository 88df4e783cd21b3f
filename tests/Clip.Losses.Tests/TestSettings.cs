using System.Runtime.CompilerServices;
using Clip.Runtime;
using Xunit.Sdk;
using Xunit.v3;

// Tests that watch the number of live tensors share one process-wide count.
[assembly: Parallelization(Mode = ParallelMode.None)]

namespace Clip.Losses.Tests
{
    internal static class TestSettings
    {
        // Tensors are tiny here, and threads that wait for each other cost more than they compute.
        [ModuleInitializer]
        internal static void UseOneThread()
        {
            TorchLibraries.EnsureLoaded();
            set_num_threads(1);
        }
    }
}
