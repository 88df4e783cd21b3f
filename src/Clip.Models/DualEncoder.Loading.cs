using System.Diagnostics;
using Clip.Checkpoints;
using Clip.Kernels;
using Clip.Runtime;

namespace Clip.Models;

public sealed partial class DualEncoder
{
    /// <summary>Loads published weights, in evaluation mode.</summary>
    /// <param name="path">
    /// A folder with a config and weights, in open_clip's or Hugging Face's layout; or a file of weights, for which the
    /// options state the config or, for OpenAI's architectures, the activation. The format is seen from the content:
    /// safetensors, sharded or not, PyTorch's files of any age, TorchScript archives. The folder of a LoRA adapter, as the PEFT library writes it,
    /// is merged into its base model.
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
        if (options.Towers != Towers.Both)
        {
            throw new ArgumentException(
                $"A {nameof(DualEncoder)} has both towers: load one with {nameof(ImageTower)}.{nameof(ImageTower.Load)} or {nameof(TextTower)}.{nameof(TextTower.Load)}.", nameof(options));
        }
        TorchLibraries.EnsureLoaded();
        return LoraAdapter.IsAt(path) ? LoadAdapted(path, options) : Load(path, options, _ => null, network => network);
    }

    /// <summary>
    /// Loads published weights and packs them, as <see cref="PackForInference"/> does with a loaded model, in less time and memory: the
    /// weights of a block are read when its turn comes to be packed.
    /// </summary>
    /// <param name="path">What <see cref="Load(string, LoadOptions?)"/> takes.</param>
    /// <param name="options">Device, precision and what the files do not say; null for the defaults.</param>
    /// <param name="quantization">Whether linear layers are rounded to fewer bits, as <see cref="PackForInference"/> says.</param>
    /// <returns>The encoder; the caller disposes it.</returns>
    /// <exception cref="FileNotFoundException">There is nothing at <paramref name="path"/>.</exception>
    /// <exception cref="CheckpointException">A file is broken, unsupported, or does not say what must be known.</exception>
    /// <exception cref="CheckpointMismatchException">Names or shapes are not those of the architecture; nothing was loaded.</exception>
    /// <exception cref="ArgumentException">The options contradict each other or the model.</exception>
    /// <exception cref="NotSupportedException">The model cannot be quantized as asked for, here or at all.</exception>
    public static PackedDualEncoder LoadForInference(
        string path, LoadOptions? options = null, WeightQuantization quantization = WeightQuantization.None)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!Enum.IsDefined(quantization))
            throw new ArgumentOutOfRangeException(nameof(quantization), quantization, "There is no such quantization.");
        options ??= new LoadOptions();
        if (options.Towers is not (Towers.Image or Towers.Text or Towers.Both))
            throw new ArgumentException($"{nameof(LoadOptions.Towers)} is {options.Towers}, which names no tower.", nameof(options));
        TorchLibraries.EnsureLoaded();
        if (!LoraAdapter.IsAt(path))
            return Load(path, options, config => MayShareBlocks(config, options, quantization) ? new BlockMemory() : null, Pack);

        // An adapter is merged into weights as they are in the file.
        var network = LoadAdapted(path, options with { Towers = Towers.Both });
        try
        {
            return Pack(network);
        }
        catch
        {
            network.Dispose();
            throw;
        }

        PackedDualEncoder Pack(DualEncoder network) => network.PackTowers(options.Towers, quantization);
    }

    private static TResult Load<TResult>(
        string path, LoadOptions options, Func<DualEncoderConfig, BlockMemory?> findMemory, Func<DualEncoder, TResult> finish)
    {
        if (options.BaseModel is not null)
            throw new ArgumentException($"'{path}' is no adapter, which alone has a base model.", nameof(options));

        var files = CheckpointFolder.Find(path);
        using var checkpoint = Checkpoint.Open(files.Weights);
        var tensors = new CheckpointTensors(checkpoint, options.WeightsKey);
        var source = Fit(ConfigFinder.Find(files, tensors, options), tensors);
        var plan = LoadPlan.Create(tensors, source);

        var target = options.Target;
        var memory = findMemory(source);
        var network = new DualEncoder(Adapt(source, options), new WeightFactory(target?.DType ?? ScalarType.Float32, CPU, memory), options.Towers);
        try
        {
            if (options.Towers != Towers.Both)
                plan = plan.Only(network.state_dict());
            if (memory is null)
                WeightLoader.Fill(network, tensors, plan, source, options.AllowNonFinite, options.Progress);
            else
                WeightLoader.Fill(network, memory, tensors, plan, source, options.AllowNonFinite, options.Progress);
            if (target is not null && target.Device.type != DeviceType.CPU)
                network.to(target.Device);
            network.eval();
            var result = finish(network);
            Debug.Assert(memory is null or { IsDone: true }, "Every block has been packed.");
            return result;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    // The text tower of a captioner stays as it is, and kernels that refer to weights need those of all blocks.
    private static bool MayShareBlocks(DualEncoderConfig config, LoadOptions options, WeightQuantization quantization) =>
        (options.Target is null || options.Target.Device.type == DeviceType.CPU)
        && config.CaptionDecoder is null
        && KernelBackend.Find(options.Target?.DType ?? ScalarType.Float32, quantization.ToKernels()) is { CopiesWeights: true };

    private static DualEncoder LoadAdapted(string folder, LoadOptions options)
    {
        using var adapter = LoraAdapter.Open(folder);
        var network = Load(options.BaseModel ?? FindBase(adapter.BaseModel, folder), options with { BaseModel = null });
        try
        {
            adapter.MergeInto(network, options.AllowNonFinite);
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    // A name that a file states is looked up as a folder on this machine, and never on a network share.
    private static string FindBase(string? name, string folder)
    {
        var isLocal = !string.IsNullOrEmpty(name) && !name.StartsWith(@"\\", StringComparison.Ordinal) && !name.StartsWith("//", StringComparison.Ordinal);
        if (isLocal && Directory.Exists(name))
            return name!;
        throw new CheckpointException(
            folder, $"is an adapter of '{name}', which is no folder here. {nameof(LoadOptions)}.{nameof(LoadOptions.BaseModel)} says where that model is.");
    }

    private static DualEncoderConfig Fit(DualEncoderConfig config, CheckpointTensors tensors)
    {
        var shapes = new TensorShapes(tensors);
        return config with { Image = config.Image.Family.Fit(config.Image, shapes), Text = config.Text.Family.Fit(config.Text, shapes) };
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
