namespace Clip.Models;

/// <summary>Draws the weights of linear layers as timm does for its transformers (timm, init_weights_vit_timm).</summary>
internal static class TimmInitializer
{
    // timm cuts the distribution off at a hundred times this deviation.
    private const double Deviation = 0.02;

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
}
