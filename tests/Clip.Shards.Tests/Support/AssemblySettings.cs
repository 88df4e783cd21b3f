using Clip.Shards.Tests.Support;
using Xunit.Sdk;
using Xunit.v3;

// Workers share the threads of libtorch, and one model is enough for all.
[assembly: Parallelization(Mode = ParallelMode.None)]
[assembly: AssemblyFixture(typeof(TinyModel))]
