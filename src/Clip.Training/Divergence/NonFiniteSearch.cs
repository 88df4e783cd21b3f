using Clip.Models;
using Clip.Training.Data;
using Clip.Training.Optimization;

namespace Clip.Training.Divergence;

/// <summary>Finds where a step went wrong: the first thing that is not a finite number, in the order of computation.</summary>
internal static class NonFiniteSearch
{
    /// <summary>Looks at weights, inputs, layers and gradients, in this order.</summary>
    /// <param name="network">The model that computed.</param>
    /// <param name="trained">What the optimizer trains, with the step's gradients.</param>
    /// <param name="images">The batch's pixels.</param>
    /// <param name="tokens">The batch's token ids.</param>
    /// <param name="microBatch">Pairs at a time.</param>
    /// <returns>A phrase such as "the output of visual.transformer.resblocks.0.mlp.c_fc".</returns>
    public static string Find(DualEncoder network, IEnumerable<NamedParameter> trained, BatchRows images, BatchRows tokens, int microBatch)
    {
        // Layers inside a block are seen where modules compute it.
        var usedKernels = network.UseTrainingKernels;
        network.UseTrainingKernels = false;
        try
        {
            return FindWithModules(network, trained, images, tokens, microBatch);
        }
        finally
        {
            network.UseTrainingKernels = usedKernels;
        }
    }

    private static string FindWithModules(DualEncoder network, IEnumerable<NamedParameter> trained, BatchRows images, BatchRows tokens, int microBatch)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        foreach (var (name, parameter) in network.named_parameters())
        {
            if (!IsFinite(parameter))
                return $"the weight {name}";
        }
        if (!images.Parts(microBatch).All(part => AreFinite(images, part.Start, part.Count)))
            return "the pixels of the batch";

        return FirstLayer(Layers("visual", network.Image), images, microBatch, (start, count) => network.Image.call(images.Get(start, count)))
            ?? FirstLayer(Layers("text", network.Text), tokens, microBatch, (start, count) => network.Text.call(tokens.Get(start, count)))
            ?? FirstOfDecoder(network, images, tokens, microBatch)
            ?? FirstGradient(trained)
            ?? "the loss";
    }

    private static string? FirstGradient(IEnumerable<NamedParameter> trained)
    {
        foreach (var (name, parameter) in trained)
        {
            using var scope = NewDisposeScope();
            if (parameter.grad is { } gradient && !IsFinite(gradient))
                return $"the gradient of {name}";
        }
        return null;
    }

    private static string? FirstOfDecoder(DualEncoder network, BatchRows images, BatchRows tokens, int microBatch) => !network.CanCaption ? null : FirstLayer(
        network.named_modules().Where(entry => entry.name.StartsWith("text_decoder", StringComparison.Ordinal)),
        tokens, microBatch, (start, count) => network.EncodeWithCaptions(images.Get(start, count), tokens.Get(start, count)));

    private static IEnumerable<(string Name, nn.Module Module)> Layers(string towerName, nn.Module tower) =>
        tower.named_modules().Select(entry => ($"{towerName}.{entry.name}", entry.module)).Append((towerName, tower));

    // Inner layers finish before the ones around them, so the first to finish with a bad number is where it arose.
    private static string? FirstLayer(IEnumerable<(string Name, nn.Module Module)> layers, BatchRows inputs, int microBatch, Action<int, int> compute)
    {
        string? found = null;
        var hooks = new List<Action>();
        foreach (var (name, module) in layers)
        {
            if (module is nn.Module<Tensor, Tensor> layer)
                hooks.Add(layer.register_forward_hook((_, _, output) => Look(name, output)).remove);
            else if (module is nn.Module<Tensor, Tensor?, Tensor> masked)
                hooks.Add(masked.register_forward_hook((_, _, _, output) => Look(name, output)).remove);
        }

        try
        {
            foreach (var (start, count) in inputs.Parts(microBatch).TakeWhile(_ => found is null))
            {
                using var scope = NewDisposeScope();
                compute(start, count);
            }
        }
        finally
        {
            hooks.ForEach(remove => remove());
        }
        return found;

        Tensor Look(string name, Tensor output)
        {
            if (found is null && !IsFinite(output))
                found = $"the output of {name}";
            return output;
        }
    }

    private static bool AreFinite(BatchRows inputs, int start, int count)
    {
        using var scope = NewDisposeScope();
        return IsFinite(inputs.Get(start, count));
    }

    private static bool IsFinite(Tensor values)
    {
        using var scope = NewDisposeScope();
        return !values.is_floating_point() || values.detach().isfinite().all().item<bool>();
    }
}
