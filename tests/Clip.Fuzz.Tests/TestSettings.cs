using Xunit.Sdk;
using Xunit.v3;

// Live tensors, allocated bytes and what malloc hands out belong to the whole process.
[assembly: Parallelization(Mode = ParallelMode.None)]
