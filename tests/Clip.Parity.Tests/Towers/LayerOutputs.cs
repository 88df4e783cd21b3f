using Clip.Models;

namespace Clip.Parity.Tests.Towers;

/// <summary>Catches what single layers compute.</summary>
internal static class LayerOutputs
{
    /// <summary>Runs a computation and keeps the outputs of the layers of these names.</summary>
    /// <param name="network">The network.</param>
    /// <param name="names">Native names; those of the text tower may have no prefix. Layers that are plain functions here are left out.</param>
    /// <param name="compute">What to run.</param>
    public static Dictionary<string, Tensor> Record(DualEncoder network, IEnumerable<string> names, Action compute)
    {
        var outputs = new Dictionary<string, Tensor>();
        var modules = network.named_modules().ToDictionary(entry => entry.name, entry => entry.module);
        foreach (var name in names)
        {
            switch (modules.GetValueOrDefault(name) ?? modules.GetValueOrDefault(NameHere(name)))
            {
                case null:
                case not null when name == "visual.attnpool":       // features and projection are computed apart
                    break;
                case nn.Module<Tensor, Tensor> layer:
                    layer.register_forward_hook((_, _, output) => Keep(name, output));
                    break;
                case nn.Module<Tensor, Tensor?, Tensor> layer:
                    layer.register_forward_hook((_, _, _, output) => Keep(name, output));
                    break;
                case var other:
                    throw new InvalidOperationException($"{name} is {other.GetType().Name}.");
            }
        }
        compute();
        return outputs;

        // Text towers of other libraries keep their library's names in checkpoints only.
        static string NameHere(string name)
        {
            if (name.StartsWith("visual.", StringComparison.Ordinal))
                return name;
            if (!name.StartsWith("text.transformer.", StringComparison.Ordinal))
                return $"text.{name}";
            return name["text.transformer.".Length..].Split('.') switch
            {
                ["encoder", "layer", var block] => $"text.encoder.bert.resblocks.{block}",
                ["layers", var block] => $"text.encoder.transformer.resblocks.{block}",
                ["pooler"] => "text.pooler",
                var parts => $"text.encoder.{string.Join('.', parts)}",
            };
        }

        Tensor Keep(string name, Tensor output)
        {
            outputs[name] = output.clone().DetachFromDisposeScope();
            return output;
        }
    }
}
