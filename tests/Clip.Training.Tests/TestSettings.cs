using Xunit.Sdk;
using Xunit.v3;

// Tests seed torch's one default generator and watch the process's number of live tensors.
[assembly: Parallelization(Mode = ParallelMode.None)]
