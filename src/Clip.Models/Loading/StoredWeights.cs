using Clip.Checkpoints;

namespace Clip.Models;

/// <summary>A checkpoint whose weights have all been compared with a model and read once, so that filling the model cannot fail half-way.</summary>
/// <remarks>For models that exist already, as when training goes on: nothing of the size of the model is allocated.</remarks>
public sealed class StoredWeights : IDisposable
{
    private readonly Checkpoint _checkpoint;
    private readonly CheckpointTensors _tensors;
    private readonly LoadPlan _plan;
    private readonly DualEncoderConfig _config;

    private StoredWeights(Checkpoint checkpoint, CheckpointTensors tensors, LoadPlan plan, DualEncoderConfig config)
    {
        _checkpoint = checkpoint;
        _tensors = tensors;
        _plan = plan;
        _config = config;
    }

    /// <summary>Opens a folder and reads all of its weights once, one tensor at a time.</summary>
    /// <param name="folder">A folder with a config and weights, as <see cref="DualEncoder.Load"/> takes it.</param>
    /// <param name="network">The model that is to be filled; it is not changed.</param>
    /// <returns>The weights; the caller disposes them.</returns>
    /// <exception cref="FileNotFoundException">There is nothing at <paramref name="folder"/>.</exception>
    /// <exception cref="CheckpointException">A file is broken, holds NaN or infinity, or has another architecture than the model.</exception>
    /// <exception cref="CheckpointMismatchException">Names or shapes are not those of the architecture.</exception>
    public static StoredWeights Open(string folder, DualEncoder network)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(network);
        var files = CheckpointFolder.Find(folder);
        if (files.Config is null)
            throw new CheckpointException(folder, "is a file of weights, without the config that says what they belong to. Give the folder that holds both.");
        if (!IsSame(DualEncoderConfig.Read(files.Config), network.Config))
            throw new CheckpointException(folder, "holds a model of another architecture.");

        var checkpoint = Checkpoint.Open(files.Weights);
        try
        {
            var tensors = new CheckpointTensors(checkpoint);
            var plan = LoadPlan.Create(tensors, network.Config);
            WeightLoader.Check(tensors, plan);
            return new StoredWeights(checkpoint, tensors, plan, network.Config);
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }
    }

    /// <summary>Replaces all weights of a model.</summary>
    /// <param name="network">A model of the architecture that was opened for, in any dtype and on any device.</param>
    /// <exception cref="ArgumentException">The model has another architecture.</exception>
    public void CopyTo(DualEncoder network)
    {
        ArgumentNullException.ThrowIfNull(network);
        if (network.Config != _config)
            throw new ArgumentException("The model has another architecture than the one the weights were opened for.", nameof(network));
        WeightLoader.Fill(network, _tensors, _plan, _config, allowNonFinite: false);
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _checkpoint.Dispose();

    // Config files have no words for some tokenizers, and weights do not depend on them.
    private static bool IsSame(DualEncoderConfig stored, DualEncoderConfig wanted) =>
        stored with { Text = stored.Text with { Tokenizer = wanted.Text.Tokenizer } } == wanted;
}
