using Clip.Checkpoints;

namespace Clip.Models;

/// <summary>Finds the architecture that belongs to weights: from the caller, from the file beside them, or from their shapes.</summary>
internal static class ConfigFinder
{
    /// <summary>Finds the architecture of a whole model.</summary>
    /// <param name="files">Its files.</param>
    /// <param name="tensors">Its weights.</param>
    /// <param name="options">What the caller says.</param>
    /// <exception cref="CheckpointException">Nobody says it.</exception>
    public static DualEncoderConfig Find(CheckpointFolder files, CheckpointTensors tensors, LoadOptions options)
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
        if (ArchitectureInference.TryInferApple(tensors) is { } published)
            return published;

        throw new CheckpointException(
            files.Weights,
            "is a file of weights, which do not say which activation they were trained with. Load the folder that holds its config "
            + $"too, or set {nameof(LoadOptions)}.{nameof(LoadOptions.Activation)} ({nameof(Activation.QuickGelu)} for OpenAI's nine models) "
            + $"or {nameof(LoadOptions)}.{nameof(LoadOptions.Config)}.");
    }
}
