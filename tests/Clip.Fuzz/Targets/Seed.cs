namespace Clip.Fuzz.Targets;

/// <summary>A file of which inputs are made.</summary>
/// <param name="Name">Its name, which a reader may go by.</param>
/// <param name="Bytes">Its content.</param>
internal sealed record Seed(string Name, byte[] Bytes)
{
    /// <summary>Whether it is refused as it is.</summary>
    public bool IsRefused { get; init; }

    /// <summary>A file of tests/Fixtures.</summary>
    public static Seed OfFixture(string path) => new(path.Split('/')[^1], File.ReadAllBytes(Fixtures.Find(path.Split('/'))));
}
