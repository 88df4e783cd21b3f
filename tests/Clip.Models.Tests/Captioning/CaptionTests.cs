using Clip.Models.Tests.Text;

namespace Clip.Models.Tests.Captioning;

public sealed class CaptionTests : IDisposable
{
    private static readonly DualEncoderConfig Config = TinyConfig.CoCa;

    private static readonly CaptionSearch Search = new() { Beams = 1, MaxLength = 9, MinLength = 3, StartTokenId = 48, EndTokenId = 49 };

    private readonly DualEncoder _network = TinyConfig.Create(Config);
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _network.Dispose();
        _folder.Dispose();
    }

    // Without keys and values of before: every token by the whole text again. Random weights write the id of padding too, 0 here.
    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public void GenerateCaptions_Greedy_IsTheMostProbableTokenOfTheWholeText(int paddingId)
    {
        var config = Config with { Text = Config.ClipText() with { PaddingId = paddingId } };
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var network = TinyConfig.Create(config, seed: 5);
        var pixels = TinyConfig.Pixels(config, 4);
        foreach (var prompt in (long[][])[[48], [48, paddingId, 3]])
        {
            var captions = network.GenerateCaptions(pixels, Search, prompt);

            for (var i = 0; i < captions.Count; i++)
            {
                var image = pixels.narrow(0, i, 1);
                var expected = prompt.ToList();
                while (expected.Count < Search.MaxLength && (expected.Count == prompt.Length || expected[^1] != 49))
                {
                    var logits = network.EncodeWithCaptions(image, tensor(expected.ToArray()).view(1, -1)).Logits[0, -1];
                    if (expected.Count < Search.MinLength)
                        logits[49] = double.NegativeInfinity;
                    expected.Add(logits.argmax().item<long>());
                }
                Assert.Equal(expected, captions[i]);
            }
        }
    }

    [Fact]
    public void GenerateCaptions_Sampling_RepeatsWithItsSeedAndDiffersWithAnother()
    {
        using var pixels = TinyConfig.Pixels(Config, 3);
        var sampling = Search with { Sampling = new CaptionSampling { Seed = 1, Temperature = 5 } };

        var first = _network.GenerateCaptions(pixels, sampling);

        Assert.Equal(first, _network.GenerateCaptions(pixels, sampling));
        Assert.NotEqual(first, _network.GenerateCaptions(pixels, sampling with { Sampling = sampling.Sampling with { Seed = 2 } }));
    }

    [Theory]
    [InlineData(1, null)]
    [InlineData(null, 1e-9)]
    public void GenerateCaptions_SamplingFromOne_IsGreedy(int? topK, double? topP)
    {
        using var pixels = TinyConfig.Pixels(Config, 3);

        var drawn = _network.GenerateCaptions(pixels, Search with { Sampling = new CaptionSampling { TopK = topK, TopP = topP } });

        Assert.Equal(_network.GenerateCaptions(pixels, Search), drawn);
    }

    [Fact]
    public void Draw_TopP_TakesTheFewestThatReachTheShare()
    {
        var scores = new[] { 0.1, 0.4, 0.3, 0.2 }.Select(probability => Math.Log(probability)).ToArray();
        var sampler = new TokenSampler(new CaptionSampling { TopP = 0.65 }, caption: 0);

        var drawn = Enumerable.Range(0, 500).Select(_ => sampler.Draw(scores)).ToArray();

        Assert.Equal([1, 2], drawn.Distinct().Order());
        Assert.InRange(drawn.Count(id => id == 1) / 500.0, 0.45, 0.69);      // 4 of 7
    }

    [Fact]
    public void Adjust_RepetitionPenalty_MakesSeenTokensLessProbable()
    {
        double[] scores = [2, -2, 2, 1];

        CaptionScores.Adjust(scores, [0, 1, 1], Search with { RepetitionPenalty = 2, MinLength = 4, EndTokenId = 3 });

        Assert.Equal([1, -4, 2, double.NegativeInfinity], scores);
    }

    [Fact]
    public void GenerateCaptions_OneByOne_EqualsTheBatch()
    {
        using var scope = NewDisposeScope();
        var pixels = TinyConfig.Pixels(Config, 3);
        var search = Search with { Beams = 4 };

        var together = _network.GenerateCaptions(pixels, search);

        for (var i = 0; i < 3; i++)
            Assert.Equal(together[i], Assert.Single(_network.GenerateCaptions(pixels.narrow(0, i, 1), search)));
    }

    [Fact]
    public void GenerateCaptions_MinLength_HasSoManyTokensBeforeTheEnd()
    {
        using var pixels = TinyConfig.Pixels(Config, 3);

        var captions = _network.GenerateCaptions(pixels, Search with { Beams = 3, MinLength = 7, MaxLength = 12 });

        Assert.All(captions, caption => Assert.InRange(caption.Length, 8, 12));
    }

    [Fact]
    public void GenerateCaptions_ManyTimes_LeavesNoTensors()
    {
        using var pixels = TinyConfig.Pixels(Config, 2);
        _network.GenerateCaptions(pixels, Search with { Beams = 3 });
        var before = LiveTensors.Count();

        _network.GenerateCaptions(pixels, Search with { Beams = 3 });

        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void GenerateCaptions_WithoutDecoder_IsRefused()
    {
        using var network = TinyConfig.Create(TinyConfig.VisionTransformer);
        using var pixels = TinyConfig.Pixels(TinyConfig.VisionTransformer, 1);

        var exception = Assert.Throws<NotSupportedException>(() => network.GenerateCaptions(pixels));

        Assert.False(network.CanCaption);
        Assert.Contains("CoCa", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void GenerateCaptions_Cancelled_Throws()
    {
        using var pixels = TinyConfig.Pixels(Config, 1);

        Assert.Throws<OperationCanceledException>(() => _network.GenerateCaptions(pixels, Search, cancellationToken: new CancellationToken(true)));
    }

    [Fact]
    public void GenerateCaptions_WrongSearchOrPrompt_IsRefusedByName()
    {
        using var pixels = TinyConfig.Pixels(Config, 1);
        Refused(nameof(CaptionSearch.MaxLength), Search with { MaxLength = 13 });
        Refused(nameof(CaptionSearch.MinLength), Search with { MinLength = 9 });
        Refused(nameof(CaptionSearch.Beams), Search with { Beams = 0 });
        Refused(nameof(CaptionSearch.EndTokenId), Search with { EndTokenId = 50 });
        Refused(nameof(CaptionSearch.RepetitionPenalty), Search with { RepetitionPenalty = 0 });
        Refused(nameof(CaptionSampling.TopP), Search with { Sampling = new CaptionSampling { TopP = 1.5 } });
        Refused("prompt", Search, [48, 50]);
        Refused("prompt", Search, []);
        Refused("prompt", Search, new long[9]);

        void Refused(string name, CaptionSearch search, IReadOnlyList<long>? prompt = null) =>
            Assert.Equal(name, Assert.ThrowsAny<ArgumentException>(() => _network.GenerateCaptions(pixels, search, prompt)).ParamName);
    }

    [Fact]
    public void Export_Native_LoadsTheSameAndHuggingFaceIsRefused()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var (pixels, tokens) = (TinyConfig.Pixels(Config, 2), TinyConfig.Tokens(Config, 2));
        _network.Export(_folder.Path, WeightLayout.Native);
        using var loaded = DualEncoder.Load(_folder.Path);

        Assert.Equal(Config, loaded.Config);
        TensorAssert.BitEqual(_network.EncodeWithCaptions(pixels, tokens).Logits, loaded.EncodeWithCaptions(pixels, tokens).Logits);
        Assert.Throws<ArgumentException>(() => _network.Export(_folder.File("other"), WeightLayout.HuggingFace));
    }

    [Fact]
    public void Copy_WritesTheSameCaptions()
    {
        using var pixels = TinyConfig.Pixels(Config, 2);
        using var copy = _network.Copy();

        Assert.Equal(_network.GenerateCaptions(pixels, Search), copy.GenerateCaptions(pixels, Search));
    }

    [Fact]
    public void Train_BothLosses_ChangeEveryParameter()
    {
        using var scope = NewDisposeScope();
        _network.train();
        var before = _network.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter.detach().clone());
        using var optimizer = optim.Adam(_network.parameters(), lr: 1e-2);
        var tokens = TinyConfig.Tokens(Config, 4);

        var (images, texts, logits) = _network.EncodeWithCaptions(TinyConfig.Pixels(Config, 4), tokens);
        var contrastive = nn.functional.cross_entropy(_network.GetLogits(images, texts), arange(4));
        var caption = nn.functional.cross_entropy(logits.narrow(1, 0, 11).flatten(0, 1), tokens.narrow(1, 1, 11).flatten());
        (contrastive + caption).backward();
        optimizer.step();

        foreach (var (name, parameter) in _network.named_parameters())
        {
            Assert.True(parameter.grad!.isfinite().all().item<bool>(), $"{name} has a gradient that is not finite.");
            Assert.False(parameter.equal(before[name]).all().item<bool>(), $"{name} did not change.");
        }
    }

    [Fact]
    public void PackForInference_Int8_IsRefusedWithTheRemedy()
    {
        Assert.Contains("decoder", Assert.Throws<NotSupportedException>(() => _network.PackForInference(WeightQuantization.Int8)).Message, StringComparison.Ordinal);
        _network.PackForInference().Dispose();
    }

    [Fact]
    public void Validate_DecoderThatDoesNotFit_IsRefusedByPath()
    {
        Refused("CaptionDecoder.Transformer.Width", Config with { CaptionDecoder = Config.CaptionDecoder! with { Transformer = Config.CaptionDecoder.Transformer with { Width = 32 } } });
        Refused("CaptionDecoder.ContextLength", Config with { CaptionDecoder = Config.CaptionDecoder! with { ContextLength = 13 } });
        Refused("CaptionDecoder.Transformer.Heads", Config with { CaptionDecoder = Config.CaptionDecoder! with { Transformer = Config.CaptionDecoder.Transformer with { Heads = 3 } } });
        Refused("Text", Config with { Text = Config.ClipText() with { ClassToken = false } });
        Refused("Image", Config with { Image = TinyConfig.ConvNext.Image });

        static void Refused(string path, DualEncoderConfig config) => Assert.Equal(path, Assert.Throws<ArgumentException>(config.Validate).ParamName);
    }

    // open_clip's coca_roberta: a text tower that sees the whole text, and a decoder with another vocabulary.
    [Fact]
    public void EncodeWithCaptions_TextTowerThatIsNotCausal_PredictsAndWritesNothing()
    {
        using var scope = NewDisposeScope();
        var text = TinyTexts.All["Roberta"].Text;
        var config = Config with
        {
            Text = text,
            EmbeddingSize = Config.EmbeddingSize,
            CaptionDecoder = Config.CaptionDecoder! with
            {
                ContextLength = 9, VocabularySize = 40, Transformer = Config.CaptionDecoder.Transformer with { Width = text.FeatureSize, Heads = 2, MlpWidth = 40, Activation = Activation.Gelu },
            },
            Image = (VisionTransformerConfig)Config.Image with
            {
                AttentionalPooler = null, Transformer = ((VisionTransformerConfig)Config.Image).Transformer with { Width = text.FeatureSize, Heads = 2, MlpWidth = 40, Activation = Activation.Gelu },
            },
        };
        using var network = TinyConfig.Create(config);
        var pixels = TinyConfig.Pixels(config, 2);

        var outputs = network.EncodeWithCaptions(pixels, ones([2, 9], ScalarType.Int64) * 7);

        Assert.Equal([2, 9, 40], outputs.Logits.shape);
        Assert.False(network.CanCaption);
        Assert.Contains("not causal", Assert.Throws<NotSupportedException>(() => network.GenerateCaptions(pixels)).Message);
        Assert.Contains("at most 9", Assert.Throws<ArgumentException>(() => network.EncodeWithCaptions(pixels, ones([2, 10], ScalarType.Int64))).Message);
        network.Export(_folder.Path, WeightLayout.Native);
        using var loaded = DualEncoder.Load(_folder.Path);
        Assert.Equal(config.CaptionDecoder, loaded.Config.CaptionDecoder);
        Assert.Equal(text.VocabularySize, loaded.Config.Text.VocabularySize);
    }
}
