namespace Clip.Models;

/// <summary>The config files of Apple's code for MobileCLIP (apple/ml-mobileclip, mobileclip/configs).</summary>
internal static class AppleConfig
{
    public static DualEncoderConfig Read(ConfigSection root, bool ignoreUnknown)
    {
        var embeddingSize = root.Integer("embed_dim");
        var image = root.Section("image_cfg")!;
        var text = root.Section("text_cfg") ?? throw root.Error("text_cfg", "it is missing");
        var config = new DualEncoderConfig { EmbeddingSize = embeddingSize, Image = ReadImage(image), Text = ReadText(text) };
        if (!ignoreUnknown)
        {
            foreach (var section in (ConfigSection[])[root, image, text])
                section.RefuseUnknown();
        }
        return config;
    }

    private static ImageTowerConfig ReadImage(ConfigSection image)
    {
        ImageSize resolution = image.Integer("image_size");
        return TowerFamilies.Images.Select(family => family.TryReadApple(image, resolution)).FirstOrDefault(config => config is not null)
            ?? throw image.Error("model_name", $"the image tower '{image.Text("model_name")}' is not supported");
    }

    private static TextTowerConfig ReadText(ConfigSection text) =>
        TowerFamilies.Texts.Select(family => family.TryReadApple(text)).FirstOrDefault(config => config is not null)
        ?? throw text.Error("model_name", $"the text tower '{text.Text("model_name")}' is not supported; 'base' and 'mct' are");
}
