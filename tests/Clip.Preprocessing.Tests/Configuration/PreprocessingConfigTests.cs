using System.Text;
using Clip.TestUtilities;

namespace Clip.Preprocessing.Tests.Configuration;

public class PreprocessingConfigTests
{
    [Fact]
    public void Read_HuggingFaceConfigOfClip_EqualsPreset()
    {
        var config = PreprocessingConfig.Read(Fixtures.Find("checkpoints", "hf_clip_bin", "preprocessor_config.json"));
        Assert.Equal(PreprocessingConfig.HuggingFace(64), config);
    }

    [Fact]
    public void Read_OpenClipConfig_TakesTheResolutionOfTheModel()
    {
        var config = PreprocessingConfig.Read(Fixtures.Find("checkpoints", "open_clip_hub", "open_clip_config.json"));
        Assert.Equal(PreprocessingConfig.OpenAI(64), config);
    }

    [Theory]
    [InlineData("preprocessor_size_2_30.json", "8192")]
    [InlineData("preprocessor_std_zero.json", "Deviation")]
    [InlineData("preprocessor_two_means.json", "image_mean is wrong: it must be three numbers")]
    public void Read_HostileConfig_ThrowsInvalidDataException(string file, string reason)
    {
        var path = Fixtures.Find("preprocess", "configs", file);
        var e = Assert.Throws<InvalidDataException>(() => PreprocessingConfig.Read(path));
        Assert.Contains(reason, e.Message);
        Assert.Contains(path, e.Message);
    }

    [Theory]
    [InlineData("SiglipImageProcessor")]
    [InlineData("SiglipImageProcessorFast")]
    [InlineData("SiglipImageProcessorPil")]
    public void Parse_SigLipProcessor_Squashes(string type)
    {
        var config = Parse($$"""
            {"image_processor_type": "{{type}}", "size": {"height": 256, "width": 256}, "resample": 3, "do_resize": true,
             "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5], "rescale_factor": 0.00392156862745098}
            """);
        Assert.Equal(PreprocessingConfig.SigLip(256) with { ColorOrder = ColorOrder.ConvertThenResize, CropRounding = CropRounding.Floor }, config);
    }

    [Theory]
    [InlineData("CLIPImageProcessor")]
    [InlineData("CLIPImageProcessorFast")]
    [InlineData("CLIPImageProcessorPil")]
    public void Parse_ProcessorConfig_TakesItsImageProcessor(string type)
    {
        var settings = $$$"""{"image_processor_type": "{{{type}}}", "size": {"shortest_edge": 16}, "crop_size": {"height": 16, "width": 16}, "resample": 2}""";

        var config = Parse($$"""{"image_processor": {{settings}}, "processor_class": "CLIPProcessor", "tokenizer": {"any": 1} }""");

        Assert.Equal(PreprocessingConfig.HuggingFace(16) with { Interpolation = Interpolation.Bilinear }, config);
        Assert.Equal(Parse(settings), config);
    }

    [Theory]
    [InlineData("""{"image_processor": 3}""", "image_processor is wrong: it must be an object")]
    [InlineData("""{"image_processor": {"size": 224, "sharpen": true}}""", "image_processor.sharpen")]
    [InlineData("""{"image_processor": {"size": 224, "image_processor_type": "ViTImageProcessor"}}""", "image_processor.image_processor_type")]
    public void Parse_WrongImageProcessor_IsNamedWithItsPlace(string json, string place) =>
        Assert.Contains(place, Assert.Throws<InvalidDataException>(() => Parse(json)).Message, StringComparison.Ordinal);

    [Fact]
    public void FindHuggingFaceFile_OlderAndNewer_TakesTheOneThatSaysIt()
    {
        using var folder = new TemporaryFolder();
        Assert.Null(PreprocessingConfig.FindHuggingFaceFile(folder.Path));

        var newer = folder.File("processor_config.json");
        File.WriteAllText(newer, """{"processor_class": "CLIPProcessor"}""");
        Assert.Null(PreprocessingConfig.FindHuggingFaceFile(folder.Path));
        File.WriteAllText(newer, """{"image_processor": {"size": 224}}""");
        Assert.Equal(newer, PreprocessingConfig.FindHuggingFaceFile(folder.Path));
        File.WriteAllText(newer, "damaged");
        Assert.Equal(newer, PreprocessingConfig.FindHuggingFaceFile(folder.Path));

        var older = folder.File("preprocessor_config.json");
        File.WriteAllText(older, """{"size": 224}""");
        Assert.Equal(older, PreprocessingConfig.FindHuggingFaceFile(folder.Path));
    }

    [Fact]
    public void Parse_OpenClipSettings_AreTaken()
    {
        var config = Parse("""
            {"size": [224, 160], "mode": "RGB", "mean": [0.5, 0.25, 0.125], "std": [1, 2, 3],
             "interpolation": "bilinear", "resize_mode": "longest", "fill_color": 127}
            """);
        Assert.Equal(
            new PreprocessingConfig
            {
                Resolution = new Resolution(224, 160),
                Mean = new ChannelValues(0.5f, 0.25f, 0.125f),
                Deviation = new ChannelValues(1, 2, 3),
                Interpolation = Interpolation.Bilinear,
                ResizeMode = ResizeMode.Longest,
                Fill = (byte)127,
            },
            config);
    }

    [Theory]
    [InlineData("""{"size": 224, "size": 225}""")]
    [InlineData("""{"size": 224, "crop_size": 256}""")]
    [InlineData("""{"size": 224, "resample": 1}""")]
    [InlineData("""{"size": 224, "do_normalize": false}""")]
    [InlineData("""{"size": 224, "rescale_factor": 0.5}""")]
    [InlineData("""{"size": 224, "image_processor_type": "ViTImageProcessor"}""")]
    [InlineData("""{"size": 224, "sharpen": true}""")]
    [InlineData("""{"size": {"shortest_edge": 224, "longest_edge": 300}}""")]
    [InlineData("""{"size": 224, "image_mean": [1e999, 0, 0]}""")]
    [InlineData("""{"mean": [0.5, 0.5, 0.5], "interpolation": "random"}""")]
    [InlineData("""{"mean": [0.5, 0.5, 0.5], "resize_mode": "crop"}""")]
    [InlineData("""{"mean": [0.5, 0.5, 0.5], "mode": "L"}""")]
    [InlineData("""{"mean": [0.5, 0.5, 0.5], "fill_color": 256}""")]
    [InlineData("""{"mean": [0.5, 0.5, 0.5], "blur": 1}""")]
    [InlineData("""{"hidden": "\ud800"}""")]
    [InlineData("[1]")]
    [InlineData("{}")]
    [InlineData("")]
    public void Parse_WhatIsNotDoneHere_ThrowsInvalidDataException(string json) =>
        Assert.Throws<InvalidDataException>(() => Parse(json));

    [Fact]
    public void Constructor_ImpossibleConfig_ThrowsArgumentException()
    {
        Assert.Throws<ArgumentException>(() => new ImageTransform(PreprocessingConfig.OpenAI(0)));
        Assert.Throws<ArgumentException>(() => new ImageTransform(PreprocessingConfig.OpenAI(224) with { Deviation = default }));
        Assert.Throws<ArgumentException>(() => new ImageTransform(PreprocessingConfig.OpenAI(224) with { ResizeMode = (ResizeMode)7 }));
    }

    private static PreprocessingConfig Parse(string json) => PreprocessingConfig.Parse(Encoding.UTF8.GetBytes(json));
}
