using System.Text.Json;
using Clip.Checkpoints;

namespace Clip.ZeroShot.Tests.Support;

/// <summary>Recorded values of the original implementations.</summary>
internal static class Recording
{
    /// <summary>A JSON file among the fixtures.</summary>
    public static T Json<T>(params string[] parts) =>
        JsonSerializer.Deserialize<T>(File.ReadAllText(Fixtures.Find(parts)), JsonSerializerOptions.Web)!;

    /// <summary>A matrix of the recorded zero-shot run, row by row.</summary>
    public static float[][] ZeroShot(string name)
    {
        using var file = Checkpoint.Open(Fixtures.Find("zeroshot", "zeroshot.safetensors"));
        using var values = file.ReadTensor(name);
        return [.. values.data<float>().ToArray().Chunk((int)values.shape[1])];
    }

    public static float[][] Transpose(float[][] rows) =>
        [.. Enumerable.Range(0, rows[0].Length).Select(column => Array.ConvertAll(rows, row => row[column]))];
}
