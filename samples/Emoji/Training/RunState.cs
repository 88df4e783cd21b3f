using System.Globalization;
using Clip.Checkpoints;
using Clip.Models;
using Clip.Training.Optimization;
using Clip.Training.WeightAveraging;
using Parameter = TorchSharp.Modules.Parameter;

namespace Emoji.Training;

/// <summary>What a part of the training changes, in one file, so that it goes on where it was stopped.</summary>
/// <param name="path">The file.</param>
internal sealed class RunState(string path)
{
    private const string Step = "step";

    /// <summary>The model.</summary>
    public required DualEncoder Network { get; init; }

    /// <summary>The unit vectors of the emoji, before they are made of unit length.</summary>
    public required Parameter Table { get; init; }

    /// <summary>The optimizer.</summary>
    public required AdamWOptimizer Optimizer { get; init; }

    /// <summary>The average of the model's weights.</summary>
    public required WeightAverage Average { get; init; }

    /// <summary>Writes it.</summary>
    /// <param name="step">Steps that are done.</param>
    public void Save(int step)
    {
        using var scope = NewDisposeScope();
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        SafetensorsFile.Write(path, All(), new Dictionary<string, string> { [Step] = step.ToString(CultureInfo.InvariantCulture) });
    }

    /// <summary>Reads it, if it is there.</summary>
    /// <returns>Steps that are done; 0 where there is no file.</returns>
    public int TryResume()
    {
        if (!File.Exists(path))
            return 0;
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var checkpoint = Checkpoint.Open(path);
        var tensors = checkpoint.Tensors.Keys.ToDictionary(name => name, name => checkpoint.ReadTensor(name));
        Dictionary<string, Tensor> Part(string prefix) => tensors.Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(entry => entry.Key[prefix.Length..], entry => entry.Value);
        var weights = Part("network.");
        foreach (var (name, value) in Network.state_dict())
            value.copy_(weights[name]);
        Table.copy_(tensors["table"]);
        Optimizer.SetState(Part("optimizer."));
        Average.SetState(Part("average."));
        return int.Parse(checkpoint.Metadata[Step], CultureInfo.InvariantCulture);
    }

    private Dictionary<string, Tensor> All() =>
        Network.state_dict().Select(entry => (Name: "network." + entry.Key, entry.Value))
            .Concat(Average.GetState().Select(entry => (Name: "average." + entry.Key, entry.Value)))
            .Concat(Optimizer.GetState().Select(entry => (Name: "optimizer." + entry.Key, entry.Value)))
            .Append((Name: "table", Value: Table))
            .ToDictionary(entry => entry.Name, entry => entry.Value.detach());
}
