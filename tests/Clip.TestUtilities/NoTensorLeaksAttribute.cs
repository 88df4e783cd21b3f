using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace Clip.TestUtilities;

/// <summary>Fails a test after which more tensors are alive than before it.</summary>
/// <remarks>
/// The count is the process's own, so this refuses test assemblies that do not run their tests one after another. TorchSharp
/// counts the tensor that a parameter was made from for ever: make modules before the test, in its class, not inside it.
/// </remarks>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
public sealed class NoTensorLeaksAttribute : BeforeAfterTestAttribute
{
    private long _before;

    /// <inheritdoc/>
    public override void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
        var assembly = methodUnderTest.ReflectedType!.Assembly;
        if (assembly.GetCustomAttribute<ParallelizationAttribute>()?.GetMode() != ParallelMode.None)
            throw new XunitException($"{assembly.GetName().Name} counts tensors but runs tests side by side: add [assembly: Parallelization(Mode = ParallelMode.None)].");
        _before = LiveTensors.Count();
    }

    /// <inheritdoc/>
    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        var after = LiveTensors.Count();
        if (after > _before)
            throw new XunitException($"{after - _before} more tensors are alive after the test than before it.");
    }
}
