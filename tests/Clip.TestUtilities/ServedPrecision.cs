using Clip.Runtime;
using Xunit;

namespace Clip.TestUtilities;

/// <summary>What the processor that runs the tests can compute in.</summary>
public static class ServedPrecision
{
    /// <summary>Skips the test, with the reason, where the CPU does not serve bfloat16.</summary>
    public static void RequireBFloat16()
    {
        try
        {
            ComputeTarget.Resolve("cpu", Precision.BFloat16);
        }
        catch (ComputeTargetException e)
        {
            Assert.Skip(e.Message);
        }
    }
}
