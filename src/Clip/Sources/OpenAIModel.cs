namespace Clip;

/// <summary>One of OpenAI's nine models: its name, the name in open_clip's table, and the hash of the file OpenAI published.</summary>
/// <param name="Name">The name of the paper and of the original code.</param>
/// <param name="CatalogName">The name that its row of the catalog has, with the tag "openai".</param>
/// <param name="FileHash">SHA-256 of OpenAI's own file, in lower-case hexadecimal; it stands in that file's address (openai/CLIP, clip.py).</param>
internal sealed record OpenAIModel(string Name, string CatalogName, string FileHash)
{
    private const string Tag = "openai";

    public static IReadOnlyList<OpenAIModel> All { get; } =
    [
        new("RN50", "RN50", "afeb0e10f9e5a86da6080e35cf09123aca3b358a0c3e3b6c78a7b63bc04b6762"),
        new("RN101", "RN101", "8fa8567bab74a42d41c5915025a8e4538c3bdbe8804a470a72f30b0d94fab599"),
        new("RN50x4", "RN50x4", "7e526bd135e493cef0776de27d5f42653e6b4c8bf9e0f653bb11773263205fdd"),
        new("RN50x16", "RN50x16", "52378b407f34354e150460fe41077663dd5b39c54cd0bfd2b27167a4a06ec9aa"),
        new("RN50x64", "RN50x64", "be1cfb55d75a9666199fb2206c106743da0f6468c9d327f3e0d0a543a9919d9c"),
        new("ViT-B/32", "ViT-B-32", "40d365715913c9da98579312b702a82c18be219cc2a73407c4526f58eba950af"),
        new("ViT-B/16", "ViT-B-16", "5806e77cd80f8b59890b7e101eabd078d9fb84e6937f9e85e4ecb61988df416f"),
        new("ViT-L/14", "ViT-L-14", "b8cca3fd41ae0c99ba7e8951adf17d267cdb84cd88be6f7c2e0eca1737a03836"),
        new("ViT-L/14@336px", "ViT-L-14-336", "3035c92b350959924f9f00213499208652fc7ea050643e8b385c2dac08641f02"),
    ];

    /// <summary>The row of the catalog for a file with a hash; null for any other file.</summary>
    public static KnownModel? ByHash(string hash) =>
        All.FirstOrDefault(model => model.FileHash == hash) is { } found
            ? ModelCatalog.All.Single(model => model.Tag == Tag && model.Name == found.CatalogName)
            : null;

    /// <summary>What OpenAI calls a model; null for one that is not OpenAI's.</summary>
    public static string? NameOf(KnownModel model) =>
        model.Tag == Tag ? All.FirstOrDefault(original => original.CatalogName == model.Name)?.Name : null;
}
