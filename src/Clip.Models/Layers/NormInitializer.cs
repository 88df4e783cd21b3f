namespace Clip.Models;

/// <summary>Sets every norm below a module to the identity and every layer scale to its initial value.</summary>
internal static class NormInitializer
{
    public static void InitializeAll(nn.Module module)
    {
        foreach (var child in module.modules())
        {
            switch (child)
            {
                case MixedPrecisionLayerNorm norm:
                    norm.Initialize();
                    break;
                case RmsNorm norm:
                    norm.Initialize();
                    break;
                case LayerScale scale:
                    scale.Initialize();
                    break;
            }
        }
    }
}
