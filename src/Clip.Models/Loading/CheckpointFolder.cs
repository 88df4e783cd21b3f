using Clip.Checkpoints;

namespace Clip.Models;

/// <summary>The files of a published model: weights and the config that belongs to them.</summary>
/// <param name="Config">The config file, or null for weights alone.</param>
/// <param name="Weights">The weights, or the index of their shards.</param>
/// <remarks>
/// Where a folder holds open_clip's files and Hugging Face's, open_clip's are taken: in timm's repositories the others are
/// the image tower alone.
/// </remarks>
public sealed record CheckpointFolder(string? Config, string Weights)
{
    // Apple's repositories hold one of these.
    private static IReadOnlyList<string> AppleNames => ["mobileclip_s0.pt", "mobileclip_s1.pt", "mobileclip_s2.pt", "mobileclip_b.pt", "mobileclip_blt.pt"];

    /// <summary>The names of config files, each with those of the weights that go with it, first choice first.</summary>
    public static IReadOnlyList<(string Config, IReadOnlyList<string> Weights)> KnownNames { get; } =
    [
        ("open_clip_config.json",
        [
            "open_clip_model.safetensors", "open_clip_model.safetensors.index.json", "open_clip_pytorch_model.safetensors",
            "open_clip_pytorch_model.bin", "open_clip_pytorch_model.pth",
        ]),
        ("mobileclip_config.json",
        [
            "model.safetensors", .. AppleNames,
        ]),
        ("config.json",
        [
            "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json", .. AppleNames,
        ]),
    ];

    /// <summary>Finds open_clip's config beside a file of weights of any name, such as a checkpoint of a training run.</summary>
    /// <param name="weights">The file.</param>
    /// <returns>
    /// Its path; null where there is none, or where the file is called as Hugging Face's weights are and has a config of theirs.
    /// </returns>
    public static string? FindConfigBeside(string weights)
    {
        ArgumentException.ThrowIfNullOrEmpty(weights);
        var folder = Path.GetDirectoryName(Path.GetFullPath(weights))!;
        var (openClip, others) = (KnownNames[0], KnownNames.Skip(1));
        var belongsElsewhere = others.Any(known => known.Weights.Contains(Path.GetFileName(weights)) && File.Exists(Path.Combine(folder, known.Config)));
        var config = Path.Combine(folder, openClip.Config);
        return !belongsElsewhere && File.Exists(config) ? config : null;
    }

    /// <summary>Finds the files of a model.</summary>
    /// <param name="path">A folder, or a file of weights.</param>
    /// <exception cref="CheckpointException">The folder has no config with weights beside it.</exception>
    /// <exception cref="FileNotFoundException">There is neither a file nor a folder at the path.</exception>
    public static CheckpointFolder Find(string path)
    {
        if (File.Exists(path))
            return new CheckpointFolder(null, path);
        if (!Directory.Exists(path))
            throw new FileNotFoundException($"There is no checkpoint at '{path}': neither a file nor a folder.", path);

        foreach (var (config, weights) in KnownNames)
        {
            var found = weights.FirstOrDefault(name => File.Exists(Path.Combine(path, name)));
            if (found is not null && File.Exists(Path.Combine(path, config)))
                return new CheckpointFolder(Path.Combine(path, config), Path.Combine(path, found));
        }
        throw new CheckpointException(
            path,
            "is a folder without a model: there must be " + string.Join(", or ", KnownNames.Select(known => $"{known.Config} with {known.Weights[0]}"))
            + " (or their PyTorch or sharded forms).");
    }
}
