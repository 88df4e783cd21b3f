namespace Clip.Tests.Hub.Server;

/// <summary>What a server sends, word for word.</summary>
public sealed record FakeResponse(int Status)
{
    /// <summary>Headers besides the length; sent unchecked.</summary>
    public Dictionary<string, string> Headers { get; init; } = [];

    public byte[] Body { get; init; } = [];

    /// <summary>The announced length; null: that of the body.</summary>
    public long? Length { get; init; }

    /// <summary>Bytes of the body after which the connection is broken.</summary>
    public int? CutAfter { get; init; }

    /// <summary>Waited for in the middle.</summary>
    public Task? Hold { get; init; }

    /// <summary>Bytes of the body after which <see cref="Hold"/> is waited for; null: after the last that is sent.</summary>
    public int? HoldAfter { get; init; }

    /// <summary>Bytes from an offset, as a server sends them that knows ranges.</summary>
    public static FakeResponse Bytes(byte[] content, long? offset) => offset switch
    {
        null => new(200) { Body = content },
        _ when offset >= content.Length => new(416) { Headers = { ["Content-Range"] = $"bytes */{content.Length}" } },
        _ => new(206)
        {
            Headers = { ["Content-Range"] = $"bytes {offset}-{content.Length - 1}/{content.Length}" },
            Body = content[(int)offset.Value..],
        },
    };
}
