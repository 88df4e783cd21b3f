using System.Diagnostics.CodeAnalysis;

namespace Clip.Hub;

/// <summary>A model repository on the Hugging Face Hub, at a branch, tag or commit.</summary>
/// <remarks>
/// The names follow the Hub's own rules and are checked here, so that an instance is always safe to put into an address
/// and into a path. The default value of this type names nothing and is refused by <see cref="HubClient"/>.
/// </remarks>
public readonly record struct HubRepository
{
    /// <summary>The revision that is meant when none is named.</summary>
    public const string DefaultRevision = "main";

    // What open_clip writes before repositories.
    private const string Scheme = "hf-hub:";

    private readonly string? _id;
    private readonly string? _revision;

    /// <summary>Names a repository.</summary>
    /// <param name="id">Organization or user and name, "org/name": letters, digits, '-', '_' and '.', at most 96 in each part.</param>
    /// <param name="revision">A branch ("main"), a tag, another reference ("refs/pr/1") or the 40 lower-case digits of a commit.</param>
    /// <exception cref="ArgumentException">A name breaks the Hub's rules.</exception>
    public HubRepository(string id, string revision = DefaultRevision)
    {
        ArgumentNullException.ThrowIfNull(id);
        ArgumentNullException.ThrowIfNull(revision);
        if (HubNames.FindRepositoryProblem(id) is { } problem)
            throw new ArgumentException($"The repository '{id}' {problem}.", nameof(id));
        if (HubNames.FindRevisionProblem(revision) is { } fault)
            throw new ArgumentException($"The revision '{revision}' {fault}.", nameof(revision));
        _id = id;
        _revision = revision;
    }

    /// <summary>Organization or user and name, "org/name".</summary>
    public string Id => _id ?? "";

    /// <summary>The branch, tag or commit.</summary>
    public string Revision => _revision ?? DefaultRevision;

    /// <summary>Whether <see cref="Revision"/> is the full hash of a commit, which never changes its meaning.</summary>
    public bool IsPinned => HubNames.IsCommit(Revision);

    /// <summary>Reads "org/name" or "org/name@revision", with or without "hf-hub:" before it.</summary>
    /// <param name="text">The repository as text.</param>
    /// <exception cref="FormatException">The text is of another form, or a name breaks the Hub's rules.</exception>
    public static HubRepository Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var (id, revision) = Split(text);
        try
        {
            return new HubRepository(id, revision);
        }
        catch (ArgumentException e)
        {
            throw new FormatException(
                $"'{text}' does not name a repository of the Hub, such as 'openai/clip-vit-base-patch32' or 'org/name@revision'. {e.Message}", e);
        }
    }

    /// <summary>Reads what <see cref="Parse"/> reads, without an exception for anything else.</summary>
    /// <param name="text">The repository as text.</param>
    /// <param name="repository">The repository, if the answer is true.</param>
    /// <returns>Whether the text names a repository by the Hub's rules; not whether there is one.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out HubRepository repository)
    {
        repository = default;
        if (text is null)
            return false;
        var (id, revision) = Split(text);
        if (HubNames.FindRepositoryProblem(id) is not null || HubNames.FindRevisionProblem(revision) is not null)
            return false;
        repository = new HubRepository(id, revision);
        return true;
    }

    /// <summary>"org/name", and "@revision" after it unless that is "main".</summary>
    public override string ToString() => Revision == DefaultRevision ? Id : $"{Id}@{Revision}";

    private static (string Id, string Revision) Split(string text)
    {
        if (text.StartsWith(Scheme, StringComparison.Ordinal))
            text = text[Scheme.Length..];
        var at = text.IndexOf('@');
        return at < 0 ? (text, DefaultRevision) : (text[..at], text[(at + 1)..]);
    }
}
