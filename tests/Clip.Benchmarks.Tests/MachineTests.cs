using Clip.Runtime;

namespace Clip.Benchmarks.Tests;

public sealed class MachineTests
{
    [Fact]
    public void Write_ThisMachine_NamesItsProcessor()
    {
        using var output = new StringWriter();

        Machine.Write(output);

        Assert.StartsWith($"{DiagnosticReport.Create("cpu").CpuModel}, ", output.ToString());
    }
}
