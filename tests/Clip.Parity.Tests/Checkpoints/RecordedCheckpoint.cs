using System.Text.Json;

namespace Clip.Parity.Tests.Checkpoints;

/// <summary>One file or folder of the recorded checkpoints, and which of the recorded embeddings its weights give.</summary>
/// <param name="Name">Its name; that of a folder ends with a slash.</param>
/// <param name="Tag">What the embeddings' names begin with.</param>
internal sealed record RecordedCheckpoint(string Name, string Tag)
{
    private const string Group = "checkpoints";

    /// <summary>All that the reference data describes, in its order.</summary>
    public static IReadOnlyList<RecordedCheckpoint> All()
    {
        if (!File.Exists(PathOf("info.json")))
            return [];
        using var info = JsonDocument.Parse(File.ReadAllBytes(PathOf("info.json")));
        return [.. info.RootElement.GetProperty("files").EnumerateObject()
            .Where(file => !file.Name.StartsWith('('))       // a remark: a file with a change made to it
            .Select(file => new RecordedCheckpoint(file.Name, file.Value.GetProperty("expected").GetString()!))];
    }

    public static string PathOf(string name) => ReferenceData.PathOf(Group, name);
}
