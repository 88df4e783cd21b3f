using System.Text;
using Clip.Shared;

namespace Clip.Training.Tests.Data;

public sealed class LineBufferTests
{
    // A long line makes the buffer large, and then each of many short ones must not move what is behind it.
    [Fact]
    public void Read_ManyShortLinesBehindALongOne_MovesLessThanTheFileHas()
    {
        const int Blank = 300_000;
        var file = Encoding.UTF8.GetBytes(new string('x', 900_000) + "\n" + new string('\n', Blank) + "end");
        var lines = Lines(new MemoryStream(file));

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
            Assert.Equal(expected, ReadAll(Lines(new SlowStream(Encoding.UTF8.GetBytes(text), step))));
    }

    [Fact]
    public void Read_LineBeyondTheLimit_IsRefusedByItsNumber()
    {
        var lines = Lines(new MemoryStream(Encoding.UTF8.GetBytes("a\n" + new string('x', LineBuffer.LongestLine + 1))));

        Assert.Equal("2: has more than 1 MB", Assert.Throws<FormatException>(() => ReadAll(lines)).Message);
    }

    [Theory]
    [InlineData(new byte[] { (byte)'a', (byte)'\n', (byte)'e', 0xE9, (byte)'\n' }, 2)]
    [InlineData(new byte[] { 0xFF, 0xFE, (byte)'a', 0, (byte)'\n', 0 }, 1)]
    [InlineData(new byte[] { (byte)'a', (byte)'\n', (byte)'\n', 0xC3 }, 3)]
    public void Read_LineThatIsNotUtf8_IsRefusedByItsNumber(byte[] file, int line) =>
        Assert.StartsWith($"{line}: is not UTF-8", Assert.Throws<FormatException>(() => ReadAll(Lines(new MemoryStream(file)))).Message);

    private static LineBuffer Lines(Stream stream) => new(stream, (line, problem) => new FormatException($"{line}: {problem}"));

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
