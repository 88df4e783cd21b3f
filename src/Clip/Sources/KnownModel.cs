using Clip.Models;

namespace Clip;

/// <summary>One of OpenAI's nine models: its name, its repository on the Hub, and the hash of the file OpenAI published.</summary>
/// <param name="Name">The name of the paper and of the original code.</param>
/// <param name="Repository">Where its weights are on the Hugging Face Hub, in open_clip's layout.</param>
/// <param name="FileHash">SHA-256 of OpenAI's own file, in lower-case hexadecimal; it stands in that file's address (openai/CLIP, clip.py).</param>
internal sealed record KnownModel(string Name, string Repository, string FileHash)
{
    /// <summary>All of them were trained with it, and no file of theirs says so.</summary>
    public const Activation TrainedActivation = Activation.QuickGelu;

    public static IReadOnlyList<KnownModel> All { get; } =
    [
        new("RN50", "timm/resnet50_clip.openai", "afeb0e10f9e5a86da6080e35cf09123aca3b358a0c3e3b6c78a7b63bc04b6762"),
        new("RN101", "timm/resnet101_clip.openai", "8fa8567bab74a42d41c5915025a8e4538c3bdbe8804a470a72f30b0d94fab599"),
        new("RN50x4", "timm/resnet50x4_clip.openai", "7e526bd135e493cef0776de27d5f42653e6b4c8bf9e0f653bb11773263205fdd"),
        new("RN50x16", "timm/resnet50x16_clip.openai", "52378b407f34354e150460fe41077663dd5b39c54cd0bfd2b27167a4a06ec9aa"),
        new("RN50x64", "timm/resnet50x64_clip.openai", "be1cfb55d75a9666199fb2206c106743da0f6468c9d327f3e0d0a543a9919d9c"),
        new("ViT-B/32", "timm/vit_base_patch32_clip_224.openai", "40d365715913c9da98579312b702a82c18be219cc2a73407c4526f58eba950af"),
        new("ViT-B/16", "timm/vit_base_patch16_clip_224.openai", "5806e77cd80f8b59890b7e101eabd078d9fb84e6937f9e85e4ecb61988df416f"),
        new("ViT-L/14", "timm/vit_large_patch14_clip_224.openai", "b8cca3fd41ae0c99ba7e8951adf17d267cdb84cd88be6f7c2e0eca1737a03836"),
        new("ViT-L/14@336px", "timm/vit_large_patch14_clip_336.openai", "3035c92b350959924f9f00213499208652fc7ea050643e8b385c2dac08641f02"),
    ];

    /// <summary>Finds a model by its name, also where a slash is spelled as a dash and whatever the case.</summary>
    public static KnownModel? ByName(string name) =>
        All.FirstOrDefault(model => Spell(model.Name).Equals(Spell(name), StringComparison.OrdinalIgnoreCase));

    public static KnownModel? ByHash(string hash) => All.FirstOrDefault(model => model.FileHash == hash);

    // open_clip spells ViT-B-32 and ViT-L-14-336.
    private static string Spell(string name) => name.Replace('/', '-').Replace('@', '-').Replace("336px", "336", StringComparison.OrdinalIgnoreCase);
}
