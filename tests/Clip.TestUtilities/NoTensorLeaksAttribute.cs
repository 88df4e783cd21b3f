using System.Reflection;
using Xunit.v3;

namespace Clip.TestUtilities;

/// <summary>Fails a test after which more tensors are alive than before it.</summary>
/// <remarks>
/// The count is the process's own, so test assemblies that use this run their tests one after another. TorchSharp counts
/// the tensor that a parameter was made from for ever: make modules before the test, in its class, not inside it.
/// </remarks>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
public sealed class NoTensorLeaksAttribute : BeforeAfterTestAttribute
{
    private long _before;

    /// <inheritdoc/>
    public override void Before(MethodInfo methodUnderTest, IXunitTest test) => _before = LiveTensors.Count();

    /// <inheritdoc/>
    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        var after = LiveTensors.Count();
        if (after > _before)
            throw new Xunit.Sdk.XunitException($"{after - _before} more tensors are alive after the test than before it.");
    }
}
