using System.Text;
using Clip.Training.Data;
using Clip.Training.Data.Lists;

namespace Clip.Training.Tests.Data;

public sealed class LineBufferTests
{
    // A long line makes the buffer large, and then each of many short ones must not move what is behind it.
    [Fact]
    public void Read_ManyShortLinesBehindALongOne_MovesLessThanTheFileHas()
    {
        const int Blank = 300_000;
        var file = Encoding.UTF8.GetBytes(new string('x', 900_000) + "\n" + new string('\n', Blank) + "end");
        var lines = new LineBuffer(new MemoryStream(file), "list.jsonl");

        var lengths = ReadAll(lines).Select(line => line.Length).ToList();

        Assert.Equal([900_000, .. Enumerable.Repeat(0, Blank), 3], lengths);
        Assert.Equal(Blank + 2, lines.Number);
        Assert.InRange(lines.MovedBytes, 0, file.Length);
    }

    [Theory]
    [InlineData("", new string[0])]
    [InlineData("\n", new[] { "" })]
    [InlineData("a", new[] { "a" })]
    [InlineData("a\n", new[] { "a" })]
    [InlineData("a\n\nb", new[] { "a", "", "b" })]
    [InlineData("\uFEFFa\n\uFEFFb\r\n", new[] { "a", "\uFEFFb\r" })]
    public void Read_AnyText_GivesItsLines(string text, string[] expected)
    {
        foreach (var step in (int[])[1, 2, 1000])
            Assert.Equal(expected, ReadAll(new LineBuffer(new SlowStream(Encoding.UTF8.GetBytes(text), step), "list.jsonl")));
    }

    [Fact]
    public void Read_LineBeyondTheLimit_IsRefusedByItsNumber()
    {
        var lines = new LineBuffer(new MemoryStream(Encoding.UTF8.GetBytes("a\n" + new string('x', (1 << 20) + 1))), "list.jsonl");

        Assert.Contains("line 2", Assert.Throws<PairDataException>(() => ReadAll(lines)).Message);
    }

    private static List<string> ReadAll(LineBuffer lines)
    {
        var read = new List<string>();
        while (lines.Read() is { } line)
            read.Add(Encoding.UTF8.GetString(line.Span));
        return read;
    }

    // Gives a few bytes at a time.
    private sealed class SlowStream(byte[] bytes, int step) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, step));
    }
}
