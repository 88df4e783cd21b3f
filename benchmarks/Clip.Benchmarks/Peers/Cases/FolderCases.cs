using Clip.Models;
using Clip.Runtime;

namespace Clip.Benchmarks.Peers.Cases;

/// <summary>Architectures that a folder of graphs brings with it: NAME.json, a config of open_clip's, beside NAME-image.onnx.</summary>
internal static class FolderCases
{
    private const int LargeBatch = 8;

    /// <summary>The cases of a folder, in float32.</summary>
    /// <param name="folder">The folder of the graphs; null, or a folder that is not there, has none.</param>
    public static IEnumerable<PeerCase> Find(string? folder) =>
        from config in Directory.Exists(folder) ? Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal) : Enumerable.Empty<string>()
        where File.Exists(Path.ChangeExtension(config, null) + ImageCase.GraphEnding)
        from batch in (int[])[1, LargeBatch]
        select new ImageCase(Path.GetFileNameWithoutExtension(config), () => DualEncoderConfig.Read(config), batch, Precision.Float32);
}
