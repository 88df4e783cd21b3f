using Clip.Models;
using Clip.Runtime;

namespace Clip;

public sealed partial class ClipModel
{
    /// <summary>The names of OpenAI's nine models, as <see cref="Load"/> takes them.</summary>
    public static IReadOnlyList<string> AvailableModels { get; } = [.. KnownModel.All.Select(model => model.Name)];

    /// <summary>Loads a model.</summary>
    /// <param name="source">
    /// A folder in open_clip's or Hugging Face's layout; a file of weights (<c>.safetensors</c>, <c>.pt</c>, <c>.bin</c>). A file that is
    /// neither one of OpenAI's nine nor in a folder with its config needs options that say what weights do not.
    /// </param>
    /// <param name="options">Device, precision, and what the files do not say; null for the defaults.</param>
    /// <returns>The model; the caller disposes it.</returns>
    /// <exception cref="ModelSourceException">The source names no model, or does not say enough; the message has the remedy.</exception>
    /// <exception cref="FileNotFoundException">There is neither a file nor a folder at the path.</exception>
    /// <exception cref="Checkpoints.CheckpointException">A file is broken or unsupported.</exception>
    /// <exception cref="CheckpointMismatchException">The weights are not those of the architecture; nothing was loaded.</exception>
    /// <exception cref="InvalidDataException">The preprocessing config is broken or unsupported.</exception>
    /// <exception cref="Tokenization.VocabularyException">The vocabulary is broken or unsupported.</exception>
    /// <exception cref="ComputeTargetException">The machine lacks the device, or the device cannot serve the precision.</exception>
    /// <exception cref="ArgumentException">The options contradict each other or the model.</exception>
    public static ClipModel Load(string source, ClipModelOptions? options = null) => LoadLocal(new LocalModel(source, source), options ?? new(), default);

    private static ClipModel LoadLocal(LocalModel model, ClipModelOptions options, CancellationToken cancellationToken)
    {
        options.Validate();
        var target = ComputeTarget.Resolve(options.Device, options.Precision);
        var builder = new CardBuilder(model, options, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        var network = DualEncoder.Load(builder.LoadPath, builder.LoadOptions with { Target = target });
        try
        {
            var card = builder.Build(network.Config);
            var tokenizer = TokenizerFinder.TryLoad(card, options, out var problem);
            card = card with
            {
                TokenizerProblem = problem,
                VocabularyPath = tokenizer is null ? null : Path.GetFullPath(options.Vocabulary ?? Path.GetDirectoryName(card.WeightsPath)!),
            };
            return new ClipModel(network, card, tokenizer, target, options);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }
}
