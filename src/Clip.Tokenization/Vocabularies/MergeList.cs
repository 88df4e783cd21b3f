namespace Clip.Tokenization.Vocabularies;

/// <summary>Merges as a file lists them, and where in it each one stands.</summary>
internal sealed class MergeList(string path, string unit, int firstPosition)
{
    private readonly List<(string Left, string Right)> _merges = [];

    /// <summary>The file.</summary>
    public string Path => path;

    /// <summary>Number of merges.</summary>
    public int Count => _merges.Count;

    /// <summary>The two tokens that are merged.</summary>
    public (string Left, string Right) this[int index] => _merges[index];

    /// <summary>Appends a merge.</summary>
    public void Add(string left, string right) => _merges.Add((left, right));

    /// <summary>Appends a merge written as two tokens with a space between them.</summary>
    /// <exception cref="VocabularyException">It is written otherwise.</exception>
    public void Add(string merge)
    {
        var parts = merge.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length != 2)
            throw Error(Count, $"should be two tokens with a space between them and has {parts.Length}");
        Add(parts[0], parts[1]);
    }

    /// <summary>The exception for a merge.</summary>
    public VocabularyException Error(int index, string problem) => new(path, $"is wrong in {unit} {index + firstPosition:N0}: it {problem}.");
}
