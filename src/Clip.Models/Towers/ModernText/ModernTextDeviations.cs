namespace Clip.Models;

/// <summary>Standard deviations of fresh matrices in the blocks (open_clip, transformer.py, ModernTextTransformer.init_parameters).</summary>
/// <param name="Attention">Of the matrices into the attention.</param>
/// <param name="Mlp">Of the matrices into the MLPs.</param>
/// <param name="Output">Of the last matrices of the branches; 0 for zeros.</param>
internal readonly record struct ModernTextDeviations(double Attention, double Mlp, double Output)
{
    // Norms behind the branches undo any other.
    private const double Flat = 0.02;

    // What a gate takes from the variance of the hidden channels.
    private const double GateGain = 1.22;

    public static ModernTextDeviations Of(ModernTextConfig config)
    {
        var attention = config.SandwichNorms ? Flat : 1 / Math.Sqrt(config.Width);
        var mlp = config.SandwichNorms ? Flat : (config.Mlp == ModernTextMlpKind.SwiGlu ? GateGain : 1) / Math.Sqrt(2.0 * config.Width);
        var output = config.ZeroBranches ? 0 : config.SandwichNorms ? Flat : attention / Math.Sqrt(2.0 * config.Layers);
        return new(attention, mlp, output);
    }
}
