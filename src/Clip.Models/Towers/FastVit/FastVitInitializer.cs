namespace Clip.Models;

/// <summary>Fills the weights of a FastViT, or of a part of one, as timm does (timm, fastvit.py).</summary>
internal static class FastVitInitializer
{
    public static void InitializeAll(nn.Module part)
    {
        // Layers first, then what draws some of its layers in another way.
        foreach (var module in part.modules())
        {
            switch (module)
            {
                case ConvolutionLayer layer:
                    layer.Initialize();
                    break;
                case ChannelScale scale:
                    scale.Initialize();
                    break;
                case MixedPrecisionLayerNorm norm:
                    norm.Initialize();
                    break;
            }
        }
        foreach (var module in part.modules())
        {
            switch (module)
            {
                case ConvolutionMlp mlp:
                    mlp.Initialize();
                    break;
                case GridAttention attention:
                    attention.Initialize();
                    break;
                case FastVitHead head:
                    head.Initialize();
                    break;
            }
        }
    }
}
