namespace Clip.Cli.Tests.Support;

/// <summary>Standard input that gives the same line for ever.</summary>
internal sealed class EndlessLines(byte[] line) : MemoryStream
{
    private int _place;

    public override int Read(Span<byte> buffer)
    {
        for (var i = 0; i < buffer.Length; i++)
        {
            buffer[i] = line[_place];
            _place = (_place + 1) % line.Length;
        }
        return buffer.Length;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(Read(buffer.Span));
}
