using System.Text.Json.Nodes;
using Clip.Checkpoints;
using Clip.Models;
using Clip.Preprocessing;
using Clip.Runtime;
using Clip.Tokenization;

namespace Clip.Tests;

public sealed class LoadTests(TinyModel tiny) : IClassFixture<TinyModel>
{
    private static readonly ClipModelOptions Cpu = new() { Device = "cpu", Precision = Precision.Float32 };

    [Fact]
    public void Load_OpenClipFolder_ReadsTheWholeCard()
    {
        var card = tiny.Clip.Card;

        Assert.Equal(tiny.Folder, card.Source);
        Assert.Equal(Path.Combine(tiny.Folder, "open_clip_model.safetensors"), card.WeightsPath);
        Assert.Equal(Path.Combine(tiny.Folder, "open_clip_config.json"), card.ConfigPath);
        Assert.Equal(TinyClip.Config, card.Config);
        Assert.Equal(PreprocessingConfig.OpenAI(TinyClip.Resolution), card.Preprocessing);
        Assert.Null(card.TokenizerProblem);
        Assert.Null(card.KnownName);
        Assert.Equal(TinyClip.EmbeddingSize, tiny.Clip.EmbeddingSize);
        Assert.Equal(1 / 0.07f, tiny.Clip.LogitScale, 3);
        Assert.Null(tiny.Clip.LogitBias);
        Assert.Equal(TinyClip.ContextLength, tiny.Clip.Tokenizer.ContextLength);
    }

    [Fact]
    public void Load_ImageTowerAlone_EmbedsImagesAlone()
    {
        using var clip = ClipModel.Load(tiny.Folder, Cpu with { Towers = Towers.Image });
        var image = TestImages.Noise(seed: 1);

        Assert.Equal(tiny.Clip.EmbedImage(image), clip.EmbedImage(image));
        Assert.False(clip.HasTokenizer);
        var exception = Assert.Throws<InvalidOperationException>(() => clip.EmbedText("the"));
        Assert.Contains("ClipModelOptions.Towers", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_TextTowerAlone_EmbedsTextsAlone()
    {
        using var clip = ClipModel.Load(tiny.Folder, Cpu with { Towers = Towers.Text });
        var image = TestImages.Noise(seed: 1);

        Assert.Equal(tiny.Clip.EmbedText("the"), clip.EmbedText("the"));
        var exception = Assert.Throws<InvalidOperationException>(() => clip.EmbedImage(image));
        Assert.Contains("ClipModelOptions.Towers", exception.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => clip.EmbedImages([image]));
        Assert.Throws<InvalidOperationException>(() => clip.Explain(image, "the"));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await clip.EmbedImagesAsync([image]).ToListAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Load_NoTowerOrPlainWeightsOfOne_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => ClipModel.Load(tiny.Folder, Cpu with { Towers = 0 }));
        Assert.Throws<ArgumentException>(() => ClipModel.Load(tiny.Folder, Cpu with { Towers = Towers.Image, KeepPlainWeights = true }));
    }

    [Fact]
    public void Load_WeightsFileBesideItsConfig_IsTheFolder()
    {
        using var clip = ClipModel.Load(Path.Combine(tiny.Folder, "open_clip_model.safetensors"), Cpu);

        Assert.Equal(tiny.Clip.Card with { Source = clip.Card.Source }, clip.Card);
        Assert.Equal(tiny.Clip.EmbedText("the"), clip.EmbedText("the"));
    }

    [Fact]
    public void Load_UnknownWeightsFile_SaysWhichOptionsStateWhatItLacks()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("weights.safetensors");
        File.Copy(tiny.Clip.Card.WeightsPath, path);

        var error = Assert.Throws<ModelSourceException>(() => ClipModel.Load(path, Cpu));

        Assert.Contains(path, error.Message);
        Assert.Contains("ClipModelOptions.Activation", error.Message);
        Assert.Contains("ClipModelOptions.Preprocessing", error.Message);
        var half = Assert.Throws<ModelSourceException>(() => ClipModel.Load(path, Cpu with { Activation = Activation.Gelu }));
        Assert.DoesNotContain("ClipModelOptions.Activation", half.Message);
        Assert.Contains("ClipModelOptions.Preprocessing", half.Message);
    }

    [Fact]
    public void Load_WeightsFileWithEverythingStated_GivesTheSameModel()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("weights.safetensors");
        File.Copy(tiny.Clip.Card.WeightsPath, path);

        using var clip = ClipModel.Load(path, Cpu with
        {
            Config = TinyClip.Config,
            Preprocessing = PreprocessingConfig.OpenAI(TinyClip.Resolution),
            Vocabulary = tiny.Folder,
        });

        Assert.Equal(tiny.Clip.EmbedText("a photo of the"), clip.EmbedText("a photo of the"));
        Assert.Equal(tiny.Clip.EmbedImage(TestImages.Files[0]), clip.EmbedImage(TestImages.Files[0]));
    }

    [Fact]
    public void Load_NoVocabulary_EmbedsImagesAndSaysHowToEmbedTexts()
    {
        using var folder = new TemporaryFolder();
        TinyClip.Write(folder.Path);
        File.Delete(folder.File("vocab.json"));

        using var clip = ClipModel.Load(folder.Path, Cpu);

        Assert.False(clip.HasTokenizer);
        Assert.Equal(TinyClip.EmbeddingSize, clip.EmbedImage(TestImages.Files[0]).Length);
        var error = Assert.Throws<InvalidOperationException>(() => clip.EmbedText("a"));
        Assert.Contains("vocab.json", error.Message);
        Assert.Contains("ClipModelOptions.Vocabulary", error.Message);
    }

    [Fact]
    public void Load_NoPreprocessing_SaysWhichOptionStatesIt()
    {
        using var folder = new TemporaryFolder();
        TinyClip.Write(folder.Path);
        Edit(folder.File("open_clip_config.json"), file => file.Remove("preprocess_cfg"));

        var error = Assert.Throws<ModelSourceException>(() => ClipModel.Load(folder.Path, Cpu));

        Assert.Contains("preprocess_cfg", error.Message);
        Assert.Contains("ClipModelOptions.Preprocessing", error.Message);
        using var clip = ClipModel.Load(folder.Path, Cpu with { Preprocessing = PreprocessingConfig.OpenAI(TinyClip.Resolution) });
        Assert.Equal(tiny.Clip.EmbedImage(TestImages.Files[0]), clip.EmbedImage(TestImages.Files[0]));
    }

    [Fact]
    public void Load_PreprocessingOfAnotherSize_IsRefused()
    {
        var error = Assert.Throws<ModelSourceException>(() => ClipModel.Load(tiny.Folder, Cpu with { Preprocessing = PreprocessingConfig.OpenAI(64) }));

        Assert.Contains("32x32", error.Message);
        Assert.Contains("64x64", error.Message);
    }

    [Fact]
    public void Load_AnotherResolution_PreprocessesToIt()
    {
        using var clip = ClipModel.Load(tiny.Folder, Cpu with { Resolution = 48 });

        Assert.Equal(48, clip.Card.Preprocessing.Resolution.Height);
        Assert.Equal(TinyClip.EmbeddingSize, clip.EmbedImage(TestImages.Files[0]).Length);
    }

    [Fact]
    public void Load_AnotherResolutionAndPreprocessingOfIt_AreBothTaken()
    {
        using var clip = ClipModel.Load(tiny.Folder, Cpu with { Resolution = 48, Preprocessing = PreprocessingConfig.OpenAI(48) });

        Assert.Equal(48, clip.Card.Preprocessing.Resolution.Height);
        Assert.Equal(TinyClip.EmbeddingSize, clip.EmbedImage(TestImages.Files[0]).Length);
    }

    [Fact]
    public void Load_HuggingFaceFolder_GivesTheSameVectors()
    {
        using var folder = new TemporaryFolder();
        using (var network = DualEncoder.Load(tiny.Folder))
            network.Export(folder.Path, WeightLayout.HuggingFace);
        TinyClip.WriteVocabulary(folder.Path);
        File.WriteAllText(folder.File("preprocessor_config.json"),
            """
            {
              "do_resize": true, "size": { "shortest_edge": 32 }, "resample": 3, "do_center_crop": true, "crop_size": { "height": 32, "width": 32 },
              "do_rescale": true, "rescale_factor": 0.00392156862745098, "do_normalize": true, "do_convert_rgb": true,
              "image_mean": [0.48145466, 0.4578275, 0.40821073], "image_std": [0.26862954, 0.26130258, 0.27577711],
              "image_processor_type": "CLIPImageProcessor"
            }
            """);

        using var clip = ClipModel.Load(folder.Path, Cpu);

        Assert.Equal(CropRounding.Floor, clip.Card.Preprocessing.CropRounding);
        TensorAssert.Close(tensor(tiny.Clip.EmbedText("a photo")), tensor(clip.EmbedText("a photo")), 2e-6);
        File.WriteAllText(folder.File("processor_config.json"), $$"""
            {"image_processor": {{File.ReadAllText(folder.File("preprocessor_config.json")).Replace("CLIPImageProcessor", "CLIPImageProcessorPil")}}, "processor_class": "CLIPProcessor"}
            """);
        File.Delete(folder.File("preprocessor_config.json"));
        using (var newer = ClipModel.Load(folder.Path, Cpu))
            Assert.Equal(clip.Card.Preprocessing, newer.Card.Preprocessing);
        File.WriteAllText(folder.File("processor_config.json"), """{"processor_class": "CLIPProcessor"}""");
        Assert.Contains("preprocessor_config.json", Assert.Throws<ModelSourceException>(() => ClipModel.Load(folder.Path, Cpu)).Message);
    }

    [Theory]
    [InlineData("./no-such-folder")]
    [InlineData("weights.safetensors")]
    [InlineData("/no/such/ViT-B-32.pt")]
    public void Load_PathWithNothingThere_ThrowsFileNotFound(string path) =>
        Assert.Contains(path, Assert.Throws<FileNotFoundException>(() => ClipModel.Load(path, Cpu)).Message);

    [Theory]
    [InlineData("ViT-Z")]
    [InlineData("no model")]
    [InlineData("a/b/c")]
    [InlineData("hf-hub:../../etc")]
    public void Load_NameOfNothing_ListsWhatThereIs(string source) =>
        Assert.Contains("ViT-B/32", Assert.Throws<ModelSourceException>(() => ClipModel.Load(source, Cpu)).Message);

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    public void Load_EmptySource_ThrowsArgumentException(string source) => Assert.Throws<ArgumentException>(() => ClipModel.Load(source, Cpu));

    [Fact]
    public void Load_OptionsThatMakeNoSense_ThrowArgumentException()
    {
        ClipModelOptions[] wrong =
        [
            Cpu with { BatchSize = 0 }, Cpu with { DecodingThreads = -1 }, Cpu with { Device = "" }, Cpu with { Device = "tpu" },
            Cpu with { TextOverflow = (TokenOverflow)9 }, Cpu with { Activation = Activation.Gelu, Config = TinyClip.Config },
        ];
        Assert.All(wrong, options => Assert.ThrowsAny<ArgumentException>(() => ClipModel.Load(tiny.Folder, options)));
    }

    [Fact]
    public void Load_VocabularyOfAnotherModel_IsRefused()
    {
        using var folder = new TemporaryFolder();
        var text = TinyClip.Config.ClipText() with { VocabularySize = 400 };
        TinyClip.Write(folder.Path, config: TinyClip.Config with { Text = text });

        Assert.Contains("another model", Assert.Throws<ModelSourceException>(() => ClipModel.Load(folder.Path, Cpu)).Message);
    }

    [Fact]
    public void Load_CanonicalCleaning_IsTakenFromTheConfig()
    {
        using var folder = new TemporaryFolder();
        TinyClip.Write(folder.Path);
        Edit(folder.File("open_clip_config.json"), file => file["model_cfg"]!["text_cfg"]!["tokenizer_kwargs"] = new JsonObject { ["clean"] = "canonicalize" });

        using var clip = ClipModel.Load(folder.Path, Cpu);

        Assert.Equal(clip.EmbedText("the cat"), clip.EmbedText("The, cat!"));
        Assert.NotEqual(tiny.Clip.EmbedText("the cat"), tiny.Clip.EmbedText("The, cat!"));
    }

    [Fact]
    public void Load_BrokenVocabulary_ThrowsWithItsPath()
    {
        using var folder = new TemporaryFolder();
        var card = tiny.Clip.Card;
        File.Copy(card.WeightsPath, folder.File("open_clip_model.safetensors"));
        File.Copy(card.ConfigPath!, folder.File("open_clip_config.json"));
        folder.Write("vocab.json", "{"u8.ToArray());
        folder.Write("merges.txt", "#version"u8.ToArray());

        Assert.Equal(folder.File("vocab.json"), Assert.Throws<VocabularyException>(() => ClipModel.Load(folder.Path, Cpu)).VocabularyPath);
    }

    [Fact]
    public async Task LoadAsync_Folder_TellsWhatItDoes()
    {
        var reports = new List<LoadProgress>();

        using var clip = await ClipModel.LoadAsync(tiny.Folder, Cpu, new ListProgress<LoadProgress>(reports));

        Assert.Equal([LoadStage.Reading, LoadStage.Done], reports.Select(report => report.Stage).Distinct());
        var read = reports.FindAll(report => report.TotalBytes is not null);
        Assert.Equal(read.Select(report => report.BytesReceived).Order(), read.Select(report => report.BytesReceived));
        Assert.Equal(read[^1].TotalBytes, read[^1].BytesReceived);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ClipModel.LoadAsync(tiny.Folder, Cpu, cancellationToken: new CancellationToken(true)));
    }

    [Fact]
    public void AvailableModels_Always_AreOpenAIsNine() =>
        Assert.Equal(
            ["RN50", "RN101", "RN50x4", "RN50x16", "RN50x64", "ViT-B/32", "ViT-B/16", "ViT-L/14", "ViT-L/14@336px"], ClipModel.AvailableModels);

    private static void Edit(string path, Action<JsonObject> edit)
    {
        var file = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        edit(file);
        File.WriteAllText(path, file.ToJsonString());
    }
}
