using Clip.DependencyInjection.Tests.Support;
using Xunit.Sdk;
using Xunit.v3;

// Tests that watch the number of live tensors, the console or the meters of the process share one of each.
[assembly: Parallelization(Mode = ParallelMode.None)]
[assembly: AssemblyFixture(typeof(TinyModel))]
