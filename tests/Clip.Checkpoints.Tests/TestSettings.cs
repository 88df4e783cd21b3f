using Xunit.Sdk;
using Xunit.v3;

// Counting live tensors only works while nothing else creates any.
[assembly: Parallelization(Mode = ParallelMode.None)]
