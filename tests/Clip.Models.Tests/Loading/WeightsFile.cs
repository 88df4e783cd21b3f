using Clip.Checkpoints;

namespace Clip.Models.Tests.Loading;

/// <summary>Files of weights for tests that change them.</summary>
internal static class WeightsFile
{
    /// <summary>Reads a file, lets its tensors be changed, and writes it again.</summary>
    public static void Rewrite(string path, Action<Dictionary<string, Tensor>> change)
    {
        using var scope = NewDisposeScope();
        var tensors = new Dictionary<string, Tensor>();
        using (var checkpoint = Checkpoint.Open(path))
        {
            foreach (var name in checkpoint.Tensors.Keys)
                tensors[name] = checkpoint.ReadTensor(name);
        }
        change(tensors);
        SafetensorsFile.Write(path, tensors);
    }
}
