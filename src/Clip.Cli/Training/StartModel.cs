using Clip.Cli.Conversion;
using Clip.Models;
using Clip.Preprocessing;
using Clip.Tokenization;

namespace Clip.Cli.Training;

/// <summary>The model that is trained, and what belongs to it besides weights.</summary>
/// <param name="network">The model, in float32, on the device.</param>
/// <param name="preprocessing">How images are prepared.</param>
/// <param name="tokenizer">Makes token ids of captions, which it cuts where they are too long.</param>
/// <param name="files">The files it was loaded from; null for a fresh one.</param>
/// <param name="vocabulary">Folder or file of the vocabulary.</param>
/// <param name="owner">What is disposed at the end, the network in it.</param>
internal sealed class StartModel(
    DualEncoder network, PreprocessingConfig preprocessing, ContextTokenizer tokenizer, CheckpointFolder? files, string vocabulary, IDisposable owner) : IDisposable
{
    /// <summary>The model, in float32, on the device.</summary>
    public DualEncoder Network { get; } = network;

    /// <summary>How images are prepared.</summary>
    public PreprocessingConfig Preprocessing { get; } = preprocessing;

    /// <summary>Makes token ids of captions, which it cuts where they are too long.</summary>
    public ContextTokenizer Tokenizer { get; } = tokenizer;

    /// <summary>Writes a complete folder, in the layout of the files that the model was loaded from.</summary>
    /// <param name="weights">This model or one of its architecture.</param>
    /// <param name="folder">The full path of the folder.</param>
    /// <param name="note">Told what the folder could not be given.</param>
    public void Write(DualEncoder weights, string folder, Action<string> note)
    {
        var writer = new ModelFolderWriter(files, note);
        // open_clip's config has no words for some models, as in the checkpoints of a run.
        var isHuggingFace = Path.GetFileName(files?.Config) == "config.json" || weights.FindExportProblem(WeightLayout.Native) is not null;
        var layout = isHuggingFace ? WeightLayout.HuggingFace : WeightLayout.Native;
        CompleteFolder.Write(folder, temporary => writer.Write(weights, temporary, layout, null, long.MaxValue, Preprocessing, vocabulary));
    }

    /// <summary>Frees the network.</summary>
    public void Dispose() => owner.Dispose();
}
