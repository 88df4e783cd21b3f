using Microsoft.AspNetCore.Http;

namespace Web.Shared;

/// <summary>A body, or a part of one, in memory: it grows with what arrives, not with what a header promises.</summary>
/// <param name="budget">Where its bytes come from.</param>
/// <param name="limit">The most bytes.</param>
internal sealed class BodyBuffer(MemoryBudget budget, int limit) : IDisposable
{
    private const int FirstCapacity = 16 << 10;

    private byte[] _bytes = [];
    private int _length;

    /// <summary>What has been read.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(0, _length);

    /// <summary>Reads a stream to its end.</summary>
    /// <exception cref="BadHttpRequestException">It has more bytes than the limit.</exception>
    /// <exception cref="OverloadedException">The budget is used up.</exception>
    public async Task ReadAsync(Stream stream)
    {
        while (true)
        {
            if (_length > limit)
                throw new BadHttpRequestException($"The body has more than the limit of {limit:N0} bytes.", StatusCodes.Status413PayloadTooLarge);
            if (_length == _bytes.Length)
                Grow();
            var read = await stream.ReadAsync(_bytes.AsMemory(_length));
            if (read == 0)
                return;
            _length += read;
        }
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        budget.Return(_bytes.Length);
        _bytes = [];
        _length = 0;
    }

    // One byte above the limit tells that there are more.
    private void Grow()
    {
        var capacity = Math.Min(Math.Max(FirstCapacity, 2 * _bytes.Length), limit + 1);
        budget.Take(capacity);
        var old = _bytes;
        _bytes = new byte[capacity];
        old.AsSpan(0, _length).CopyTo(_bytes);
        budget.Return(old.Length);
    }
}
