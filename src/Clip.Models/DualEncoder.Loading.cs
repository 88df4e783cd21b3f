using Clip.Checkpoints;
using Clip.Runtime;

namespace Clip.Models;

public sealed partial class DualEncoder
{
    /// <summary>Loads published weights, in evaluation mode.</summary>
    /// <param name="path">
    /// A folder with a config and weights, in open_clip's or Hugging Face's layout; or a file of weights, for which the
    /// options state the config or, for OpenAI's architectures, the activation. The format is seen from the content:
    /// safetensors, sharded or not, PyTorch's files of any age, TorchScript archives.
    /// </param>
    /// <param name="options">Device, precision and what the files do not say; null for the defaults.</param>
    /// <returns>The model; the caller disposes it.</returns>
    /// <exception cref="FileNotFoundException">There is nothing at <paramref name="path"/>.</exception>
    /// <exception cref="CheckpointException">A file is broken, unsupported, or does not say what must be known.</exception>
    /// <exception cref="CheckpointMismatchException">Names or shapes are not those of the architecture; nothing was loaded.</exception>
    /// <exception cref="ArgumentException">The options contradict each other or the model.</exception>
    public static DualEncoder Load(string path, LoadOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new LoadOptions();
        TorchLibraries.EnsureLoaded();

        var files = CheckpointFolder.Find(path);
        using var checkpoint = Checkpoint.Open(files.Weights);
        var tensors = new CheckpointTensors(checkpoint, options.WeightsKey);
        var source = FindConfig(files, tensors, options);
        var plan = LoadPlan.Create(tensors, source);

        var target = options.Target;
        var network = new DualEncoder(Adapt(source, options), new WeightFactory(target?.DType ?? ScalarType.Float32, CPU));
        try
        {
            WeightLoader.Fill(network, tensors, plan, source, options.AllowNonFinite);
            if (target is not null && target.Device.type != DeviceType.CPU)
                network.to(target.Device);
            network.eval();
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    private static DualEncoderConfig FindConfig(CheckpointFolder files, CheckpointTensors tensors, LoadOptions options)
    {
        if (options is { Config: not null, Activation: not null })
            throw new ArgumentException("State either the config, which has the activation, or the activation alone.", nameof(options));
        if (options.Config is { } stated)
        {
            stated.Validate();
            return stated;
        }
        if (files.Config is { } config)
        {
            return options.Activation is null
                ? DualEncoderConfig.Read(config, options.IgnoreUnknownSettings)
                : throw new ArgumentException($"'{config}' states the activation; leave it out of the options.", nameof(options));
        }
        if ((options.Activation ?? ArchitectureInference.TryInferActivation(tensors)) is { } activation)
            return ArchitectureInference.Infer(tensors, activation);

        throw new CheckpointException(
            files.Weights,
            "is a file of weights, which do not say which activation they were trained with. Load the folder that holds its config "
            + $"too, or set {nameof(LoadOptions)}.{nameof(LoadOptions.Activation)} ({nameof(Activation.QuickGelu)} for OpenAI's nine models) "
            + $"or {nameof(LoadOptions)}.{nameof(LoadOptions.Config)}.");
    }

    private static DualEncoderConfig Adapt(DualEncoderConfig source, LoadOptions options)
    {
        var adapted = source;
        if (options.Resolution is { } resolution && resolution != source.Image.Resolution)
        {
            if (source.Image.Family.WhyNotResizable is { } reason)
                throw new ArgumentException(reason, nameof(options));
            adapted = adapted with { Image = adapted.Image with { Resolution = resolution } };
        }
        if (options.ContextLength is { } length && length != source.Text.ContextLength)
        {
            if (source.Text.Family.WhyNotResizable(source.Text) is { } reason)
                throw new ArgumentException(reason, nameof(options));
            adapted = adapted with { Text = adapted.Text with { ContextLength = length } };
        }
        if (!ReferenceEquals(adapted, source))
            adapted.Validate();
        return adapted;
    }
}
