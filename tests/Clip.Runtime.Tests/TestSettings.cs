using Xunit.Sdk;
using Xunit.v3;

// Tests that watch the number of live tensors share one process-wide count.
[assembly: Parallelization(Mode = ParallelMode.None)]
