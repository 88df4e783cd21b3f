using Clip.Fuzz.Mutation;
using Clip.Preprocessing;

namespace Clip.Fuzz.Targets;

/// <summary>Preprocessing as open_clip and Hugging Face write it.</summary>
internal sealed class PreprocessingConfigTarget : FuzzTarget
{
    public override string Name => "config-preprocessing";

    public override string Calls => "PreprocessingConfig.Read";

    public override IReadOnlyList<Type> Documented { get; } = [typeof(InvalidDataException)];

    public override Mutator Mutator { get; } = new JsonMutator();

    public override int Share => 20;

    public override ulong Read(FuzzInput input)
    {
        var config = PreprocessingConfig.Read(input.Write());
        config.Validate();
        // What is accepted can be used, where it does not ask for gigabytes.
        if (config.Resolution is { Width: <= 256, Height: <= 256 })
            Require(new ImagePreprocessor(config).Length == 3 * config.Resolution.Width * config.Resolution.Height, $"{config} has another length.");
        return 0;
    }

    protected override IReadOnlyList<Seed> CreateSeeds() =>
    [
        Seed.OfFixture("checkpoints/open_clip_hub/open_clip_config.json"),
        new("preprocessor_config.json",
        [
            .. """
            {"crop_size": {"height": 224, "width": 224}, "do_center_crop": true, "do_convert_rgb": true, "do_normalize": true, "do_rescale": true,
             "do_resize": true, "feature_extractor_type": "CLIPFeatureExtractor", "image_mean": [0.48145466, 0.4578275, 0.40821073],
             "image_std": [0.26862954, 0.26130258, 0.27577711], "resample": 3, "rescale_factor": 0.00392156862745098, "size": {"shortest_edge": 224}}
            """u8
        ]),
        new("preprocessor_config.json",
        [
            .. """
            {"do_normalize": true, "do_rescale": true, "do_resize": true, "image_mean": [0.5, 0.5, 0.5], "image_processor_type": "SiglipImageProcessor",
             "image_std": [0.5, 0.5, 0.5], "resample": 3, "rescale_factor": 0.00392156862745098, "size": {"height": 224, "width": 224}}
            """u8
        ]),
        new("open_clip_config.json",
        [
            .. """
            {"mean": [0.48145466, 0.4578275, 0.40821073], "std": [0.26862954, 0.26130258, 0.27577711], "interpolation": "bicubic",
             "resize_mode": "squash", "size": [224, 196], "fill_color": 0}
            """u8
        ]),
    ];
}
