using Clip.DependencyInjection.Tests.Support;
using Xunit.Sdk;
using Xunit.v3;

// Hosts share the processors, and browsers need some.
[assembly: Parallelization(Mode = ParallelMode.None)]
[assembly: AssemblyFixture(typeof(TinyModel))]
