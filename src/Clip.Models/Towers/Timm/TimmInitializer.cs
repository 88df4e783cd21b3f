namespace Clip.Models;

/// <summary>Draws the weights of linear layers as timm does for its transformers (timm, init_weights_vit_timm).</summary>
internal static class TimmInitializer
{
    // timm cuts the distribution off at a hundred times this deviation.
    public const double Deviation = 0.02;

    // What timm's class Eva multiplies its classifier with.
    private const double ClassifierScale = 0.001;

    // The last matrix of each branch, by its names in the towers.
    private static readonly string[] LastOfBranch = [".attn.out_proj.weight", ".attn.proj.weight", ".mlp.c_proj.weight", ".mlp.fc2.weight"];

    /// <summary>All linear layers and norms below a module.</summary>
    public static void InitializeAll(nn.Module module)
    {
        foreach (var child in module.modules())
        {
            switch (child)
            {
                case SelfAttention attention:
                    attention.InitializeNormal(Deviation, Deviation);
                    break;
                case LinearLayer linear:
                    nn.init.normal_(linear.Weight, std: Deviation);
                    if (linear.BiasOrNull is { } bias)
                        nn.init.zeros_(bias);
                    break;
            }
        }
        NormInitializer.InitializeAll(module);
    }

    /// <summary>Scales weights as timm's class Eva does: branches by their depth, and the classifier (timm, eva.py).</summary>
    /// <param name="trunk">A trunk whose linear layers have been drawn.</param>
    /// <param name="classifier">Its classifier, or null.</param>
    public static void ScaleAsEva(TimmTrunk trunk, LinearLayer? classifier)
    {
        foreach (var (name, weight) in trunk.named_parameters())
        {
            if (name.Contains("blocks.", StringComparison.Ordinal) && LastOfBranch.Any(last => name.EndsWith(last, StringComparison.Ordinal)))
                weight.div_(Math.Sqrt(2 * trunk.StageOf(name)));
        }
        classifier?.Weight.mul_(ClassifierScale);
    }
}
