using Clip.DependencyInjection.Tests.Support;
using Xunit.Sdk;
using Xunit.v3;

// Hosts share the processors: tests that fill the places of one would slow down the others.
[assembly: Parallelization(Mode = ParallelMode.None)]
[assembly: AssemblyFixture(typeof(TinyModel))]
