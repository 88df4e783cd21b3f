using System.Text;
using Clip.Cli.Files;

namespace Clip.Cli.Tests.Files;

public sealed class LineReaderTests
{
    [Theory]
    [InlineData("", new string[0])]
    [InlineData("\n", new[] { "" })]
    [InlineData("a", new[] { "a" })]
    [InlineData("a\n", new[] { "a" })]
    [InlineData("a\r\n\r\nb", new[] { "a", "", "b" })]
    [InlineData("\uFEFFa\n\uFEFFb", new[] { "a", "\uFEFFb" })]
    public async Task ReadTexts_Lines_AreThoseOfTheFile(string text, string[] expected) =>
        Assert.Equal(expected, await Read(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public async Task ReadTexts_LinesLongerThanTheBuffer_AreWhole()
    {
        string[] lines = [new('a', 70_000), "b", new('c', 300_000), new('d', 65_536)];

        Assert.Equal(lines, await Read(Encoding.UTF8.GetBytes(string.Join('\n', lines))));
    }

    [Fact]
    public async Task ReadTexts_BytesOneByOne_GiveTheSameLines() =>
        Assert.Equal(["ab", "", "é"], await Read([.. "ab\n\né"u8], mostAtOnce: 1));

    [Fact]
    public async Task ReadTexts_NoLineBreakForEver_FailsWithBoundedMemory()
    {
        var error = await Assert.ThrowsAsync<FailureException>(() => Read(new byte[20 << 20]));

        Assert.Contains("line 1", error.Message);
    }

    [Fact]
    public async Task ReadTexts_Cancelled_EndsWhileWaiting()
    {
        using var cancellation = new CancellationTokenSource();
        var waiting = ReadAll(new Trickle([], 1) { NeverEnds = true }, cancellation.Token);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    private static Task<List<string>> Read(byte[] bytes, int mostAtOnce = int.MaxValue) => ReadAll(new Trickle(bytes, mostAtOnce), TestContext.Current.CancellationToken);

    private static async Task<List<string>> ReadAll(Stream stream, CancellationToken cancellationToken)
    {
        var lines = new List<string>();
        await foreach (var line in LineReader.ReadTextsAsync("-", stream, cancellationToken))
            lines.Add(line);
        return lines;
    }

    // A stream that gives a few bytes at a time.
    private sealed class Trickle(byte[] bytes, int mostAtOnce) : MemoryStream(bytes)
    {
        public bool NeverEnds { get; init; }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (NeverEnds)
                await Task.Delay(Timeout.Infinite, CancellationToken.None);
            return Read(buffer.Span[..Math.Min(buffer.Length, mostAtOnce)]);
        }
    }
}
