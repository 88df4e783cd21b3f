using System.Text.Json;
using Clip.Benchmarks.Results;

namespace Clip.Benchmarks.Tests.Results;

public sealed class ResultStreamTests
{
    [Theory]
    [InlineData(0), InlineData(1), InlineData(3)]
    public void Dispose_AfterAnyNumber_LeavesAnArray(int count)
    {
        using var output = new StringWriter();
        using (var results = new ResultStream<int>(output))
        {
            for (var i = 0; i < count; i++)
            {
                results.Add(i);
                Assert.EndsWith($"{i}", output.ToString());
            }
        }

        Assert.Equal(Enumerable.Range(0, count), JsonSerializer.Deserialize<int[]>(output.ToString())!);
    }
}
