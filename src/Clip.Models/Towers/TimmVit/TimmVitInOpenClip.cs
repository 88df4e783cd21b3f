using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>timm's vision transformer in vision_cfg of open_clip's configs.</summary>
internal static class TimmVitInOpenClip
{
    public static TimmVitConfig? TryRead(TimmSettings settings)
    {
        if (TimmVitNetwork.All.FirstOrDefault(network => network.Name == settings.Name) is not { } network)
            return null;

        var head = settings.Head;
        var width = settings.Integer("embed_dim", network.Width);
        var pooling = ReadPooling(settings, network, head);
        return new TimmVitConfig
        {
            Resolution = settings.Resolution,
            PatchSize = settings.Integer("patch_size", network.Patch),
            Head = head,
            ClassToken = network.ClassToken,
            ClassPosition = network.ClassPosition,
            NormBeforeBlocks = network.NormBeforeBlocks,
            AttentionBias = network.AttentionBias,
            ConvolutionStem = network.ConvolutionStem,
            Pooling = pooling,
            NormAfterPooling = NormsAfterPooling(network, head, pooling),
            Transformer = settings.Transformer(width, network.Layers, network.Heads, TimmVitNetwork.MlpRatio, Activation.Gelu) with
            {
                NormEpsilon = network.NormEpsilon,
                LayerScale = network.LayerScale,
            },
        };
    }

    /// <summary>Writes a tower by the name of the network that has its choices, with what differs in size.</summary>
    /// <exception cref="ArgumentException">timm has no such network.</exception>
    public static JsonObject Write(TimmVitConfig image)
    {
        var transformer = image.Transformer;
        var network = TimmVitNetwork.All
            .Where(network => network.Fits(image) && NormsAfterPooling(network, image.Head, image.Pooling) == image.NormAfterPooling)
            .OrderByDescending(network => network.Width == transformer.Width && network.Layers == transformer.Layers)
            .ThenByDescending(network => network.Patch == image.PatchSize)
            .ThenByDescending(network => image.Resolution == network.Resolution)
            .FirstOrDefault()
            ?? throw Inexpressible.InOpenClip("Image", "a vision transformer with these choices, since timm has none");
        var sizes = new TimmSizes()
            .Resolution(image.Resolution, network.Resolution)
            .Add("patch_size", image.PatchSize, network.Patch)
            .Add("embed_dim", transformer.Width, network.Width)
            .Add("depth", transformer.Layers, network.Layers)
            .Add("num_heads", transformer.Heads, network.Heads)
            .Mlp(transformer.Width, transformer.MlpWidth, TimmVitNetwork.MlpRatio);
        return TimmVision.Write(image, network.Name, image.Pooling == ImagePooling.Average ? "avg" : "token", sizes.Settings);
    }

    private static ImagePooling ReadPooling(TimmSettings settings, TimmVitNetwork network, TimmHeadConfig head)
    {
        // Behind a head of its own, open_clip leaves a network the pooling that it has.
        string[] pools = [.. network.ClassToken ? ["token"] : (string[])[], "avg", .. KeepsNorm(head) ? [""] : (string[])[]];
        settings.RequirePool(pools);
        return settings.Pool switch
        {
            "token" => ImagePooling.ClassToken,
            "avg" => ImagePooling.Average,
            _ => network.Pooling,
        };
    }

    // timm moves the norm behind an average where it builds the network with one, unless the network says otherwise as those without a class token do;
    // where open_clip has a head of its own it builds the network as it is and changes the pooling afterwards.
    private static bool NormsAfterPooling(TimmVitNetwork network, TimmHeadConfig head, ImagePooling pooling) =>
        network.ClassToken && pooling == ImagePooling.Average && !KeepsNorm(head);

    private static bool KeepsNorm(TimmHeadConfig head) => head.Projection is TimmProjection.Linear or TimmProjection.Mlp;
}
