using Clip.Checkpoints;
using Clip.Fuzz.Mutation;
using Clip.Models;

namespace Clip.Fuzz.Targets;

/// <summary>Architectures as open_clip and Hugging Face write them.</summary>
internal sealed class ModelConfigTarget : FuzzTarget
{
    public override string Name => "config-model";

    public override string Calls => "DualEncoderConfig.Read";

    public override IReadOnlyList<Type> Documented { get; } = [typeof(CheckpointException)];

    public override Mutator Mutator { get; } = new JsonMutator();

    public override int Share => 20;

    public override ulong Read(FuzzInput input)
    {
        var path = input.Write();
        var config = DualEncoderConfig.Read(path, ignoreUnknown: input.Bytes.Length % 2 == 0);
        config.Validate();
        Require(config.EmbeddingSize > 0 && config.Image.Resolution.Width > 0, $"{config} was accepted.");
        return 0;
    }

    protected override IReadOnlyList<Seed> CreateSeeds() =>
    [
        Seed.OfFixture("checkpoints/hf_clip/config.json"),
        Seed.OfFixture("checkpoints/open_clip_hub/open_clip_config.json"),
        Seed.OfFixture("towers/hf_siglip/config.json"),
        Exported(TinyClip.Config),
        Exported(TinyClip.Config with { Image = ((ModifiedResNetConfig)DualEncoderConfig.RN50.Image) with { Resolution = 32, Width = 8 } }),
    ];

    private static Seed Exported(DualEncoderConfig config)
    {
        using var folder = new TemporaryFolder();
        using (var network = new DualEncoder(config))
            network.Export(folder.Path, WeightLayout.Native);
        return new Seed("open_clip_config.json", File.ReadAllBytes(folder.File("open_clip_config.json")));
    }
}
