using Clip.Shared;

namespace Clip.Models;

/// <summary>timm's initialization of linear layers, and of ConvNeXt's convolutions.</summary>
/// <remarks>
/// Source: timm, vision_transformer.py and convnext.py. It cuts the distribution at ±2, a hundred deviations away, which no draw reaches.
/// </remarks>
internal static class TimmInitializer
{
    public const double Deviation = 0.02;

    /// <summary>The standard deviation of class tokens and registers in timm's vision transformers.</summary>
    public const double TokenDeviation = 1e-6;

    // What timm's class Eva multiplies its classifier with.
    private const double ClassifierScale = 0.001;

    // The last matrix of each branch, by its names in the towers.
    private static readonly string[] LastOfBranch = [".attn.out_proj.weight", ".attn.proj.weight", ".mlp.c_proj.weight", ".mlp.fc2.weight"];

    /// <summary>Draws a weight from a normal distribution, and sets a bias to zero.</summary>
    public static void Initialize(Tensor weight, Tensor? bias)
    {
        nn.init.normal_(weight, std: Deviation);
        if (bias is not null)
            nn.init.zeros_(bias);
    }

    /// <summary>All linear layers, attentions and norms below a module.</summary>
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
                    Initialize(linear.Weight, linear.BiasOrNull);
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
        ScaleBranches(trunk);
        classifier?.Weight.MultiplyInPlace(ClassifierScale);
    }

    /// <summary>Scales the last matrix of each branch by its depth.</summary>
    public static void ScaleBranches(TimmTrunk trunk)
    {
        foreach (var (name, weight) in trunk.named_parameters())
        {
            if (name.Contains("blocks.", StringComparison.Ordinal) && LastOfBranch.Any(last => name.EndsWith(last, StringComparison.Ordinal)))
                weight.DivideInPlace(Math.Sqrt(2 * trunk.StageOf(name)));
        }
    }
}
