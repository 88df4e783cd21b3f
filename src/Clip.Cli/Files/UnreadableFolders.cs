namespace Clip.Cli.Files;

/// <summary>Folders among the inputs that cannot be read: each is told once, and what is in them is left out.</summary>
/// <param name="console">Where it is told.</param>
internal sealed class UnreadableFolders(ToolConsole console)
{
    private readonly Dictionary<string, LeftOut> _folders = new(StringComparer.Ordinal);

    /// <summary>The folders, for the JSON of a result.</summary>
    public IReadOnlyCollection<LeftOut> LeftOut => _folders.Values;

    /// <summary>Takes note of a folder.</summary>
    /// <param name="folder">Its path.</param>
    /// <param name="error">Why it cannot be read.</param>
    public void Add(string folder, Exception error)
    {
        if (_folders.ContainsKey(folder))
            return;
        var problem = $"The folder '{folder}' is left out, because it cannot be read: {error.Message}";
        console.Report(problem);
        _folders.Add(folder, new LeftOut(folder, problem));
    }
}
