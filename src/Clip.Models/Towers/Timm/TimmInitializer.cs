namespace Clip.Models;

/// <summary>timm's initialization of linear layers, and of ConvNeXt's convolutions.</summary>
/// <remarks>
/// Source: timm, vision_transformer.py and convnext.py. It cuts the distribution at ±2, a hundred deviations away, which no draw reaches;
/// TorchSharp's own trunc_normal_ writes the deviation itself into every element.
/// </remarks>
internal static class TimmInitializer
{
    private const double Deviation = 0.02;

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
}
