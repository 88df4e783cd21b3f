using Clip.Checkpoints;

namespace Clip.Models.Tests.Text;

public sealed class HuggingFaceTextTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Kinds => new(TinyTexts.All.Keys);

    public static TheoryData<string, WeightLayout> Layouts => new()
    {
        { "Bert", WeightLayout.Native },
        { "Roberta", WeightLayout.Native },
        { "Nllb", WeightLayout.Native },
        { "Mt5", WeightLayout.Native },
        { "ModernBert", WeightLayout.Native },
        { "ChineseClip", WeightLayout.HuggingFace },
        { "AltClip", WeightLayout.HuggingFace },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Call_NothingButPadding_IsFinite(string kind)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var config = TinyTexts.All[kind];
        using var network = TinyConfig.Create(config);
        var padding = TinyTexts.Tokens(config)[0, 9].item<long>();

        var tokens = network.Text.GetTokens(full([1, 10], padding, ScalarType.Int64));

        Assert.True(tokens.isfinite().all().item<bool>());
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Export_ThenLoad_IsBitEqual(string kind, WeightLayout layout)
    {
        using var scope = NewDisposeScope();
        var config = TinyTexts.All[kind];
        using var network = TinyConfig.Create(config);

        network.Export(_folder.Path, layout);
        using var loaded = DualEncoder.Load(_folder.Path);

        Assert.Equal(config.Image, loaded.Config.Image);
        Assert.Equal(config.Text with { Tokenizer = loaded.Config.Text.Tokenizer }, loaded.Config.Text);
        var weights = loaded.state_dict();
        foreach (var (name, value) in network.state_dict())
            TensorAssert.BitEqual(value, weights[name]);
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void TryRead_Outline_EqualsTheConfigs(string kind, WeightLayout layout)
    {
        using var network = TinyConfig.Create(TinyTexts.All[kind]);
        network.ExportWeights(_folder.File("weights.safetensors"), layout);
        using var checkpoint = Checkpoint.Open(_folder.File("weights.safetensors"));

        Assert.Equal(DualEncoderOutline.Of(network.Config), DualEncoderOutline.TryRead(checkpoint));
    }

    [Fact]
    public void Export_InALayoutThatHasNoWords_SaysWhich()
    {
        using var roberta = TinyConfig.Create(TinyTexts.All["Roberta"]);
        using var altClip = TinyConfig.Create(TinyTexts.All["AltClip"]);

        Assert.Contains("Text.Encoder", Assert.Throws<ArgumentException>(() => roberta.Export(_folder.Path, WeightLayout.HuggingFace)).Message);
        Assert.Contains("AltClip", Assert.Throws<ArgumentException>(() => altClip.Export(_folder.Path, WeightLayout.Native)).Message);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Step_OfTraining_ChangesEveryParameter(string kind)
    {
        using var scope = NewDisposeScope();
        var config = TinyTexts.All[kind];
        using var network = TinyConfig.Create(config);
        network.train();
        var before = network.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter.detach().clone());

        var logits = network.call(TinyConfig.Pixels(config, 3), TinyTexts.Tokens(config));
        nn.functional.cross_entropy(logits, arange(3, ScalarType.Int64)).backward();
        using var optimizer = optim.SGD(network.parameters(), 0.1);
        optimizer.step();

        foreach (var (name, parameter) in network.named_parameters())
        {
            Assert.True(parameter.grad is not null && parameter.grad.isfinite().all().item<bool>(), name);
            Assert.True((parameter.detach() - before[name]).abs().max().item<float>() > 0, name);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void RecomputeActivations_Gradients_AreTheSame(string kind)
    {
        using var scope = NewDisposeScope();
        var config = TinyTexts.All[kind];
        using var network = TinyConfig.Create(config);
        var gradients = new List<Dictionary<string, Tensor>>();
        foreach (var recompute in new[] { false, true })
        {
            network.zero_grad();
            network.RecomputeActivations = recompute;
            network.EncodeTexts(TinyTexts.Tokens(config)).sum().backward();
            gradients.Add(network.Text.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter.grad!.clone()));
        }

        foreach (var (name, gradient) in gradients[0])
            TensorAssert.Close(gradient, gradients[1][name], 1e-5);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void StageOf_Parameters_GoesFromTheEmbeddingsToTheHead(string kind)
    {
        using var network = TinyConfig.Create(TinyTexts.All[kind]);

        var stages = network.Text.named_parameters().Select(entry => (entry.name, Stage: network.Text.StageOf(entry.name))).ToArray();

        Assert.Equal(4, network.Text.StageCount);
        Assert.All(stages, entry => Assert.InRange(entry.Stage, 0, 3));
        Assert.All(stages.Where(entry => entry.name.Contains("embed", StringComparison.Ordinal)), entry => Assert.Equal(0, entry.Stage));
        Assert.All(stages.Where(entry => entry.name.Contains("s.1.", StringComparison.Ordinal)), entry => Assert.Equal(2, entry.Stage));
        Assert.All(stages.Where(entry => !entry.name.StartsWith("encoder.", StringComparison.Ordinal)), entry => Assert.Equal(3, entry.Stage));
    }

    [Theory]
    [InlineData("Bert", 8)]
    [InlineData("Nllb", 8)]
    [InlineData("Mt5", 10)]
    [InlineData("ModernBert", 8)]
    [InlineData("AltClip", 8)]
    public void GetAdaptableMatrices_HasThoseOfTheBlocks(string kind, int expected)
    {
        using var network = TinyConfig.Create(TinyTexts.All[kind]);

        var matrices = network.Text.GetAdaptableMatrices();

        Assert.Equal(expected, matrices.Count);
        Assert.Equal(2, matrices.Count(matrix => matrix.Parts.Count == 3));
    }

    // Of the first block, which sees all tokens, nothing is hidden; of the second all that lie more than two places away.
    [Theory]
    [InlineData(1, 9, true)]
    [InlineData(2, 9, false)]
    [InlineData(2, 5, true)]
    public void ModernBert_LocalBlocks_SeeNearTokensOnly(int interval, int changed, bool isSeen)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var text = (HuggingFaceTextConfig)TinyTexts.All["ModernBert"].Text;
        var encoder = (ModernBertTextConfig)text.Encoder;
        // Behind a block that sees all tokens and has a value for none of them, the local one alone lets them meet.
        using var network = TinyConfig.Create(TinyTexts.All["ModernBert"] with { Text = text with { Encoder = encoder with { GlobalInterval = interval } } });
        nn.init.zeros_(network.Text.get_parameter("encoder.layers.0.attn.out_proj.weight"));
        var tokens = arange(10, 20, ScalarType.Int64).unsqueeze(0);
        var other = tokens.clone();
        other[0, changed] = tensor(40L);

        var difference = (network.Text.GetTokens(tokens)[0, 3] - network.Text.GetTokens(other)[0, 3]).abs().max().item<float>();

        Assert.Equal(isSeen, difference > 0);
    }

    [Fact]
    public void IsPositionEmbedding_TablesOfPositionsAndDistances_AreSuch()
    {
        using var bert = TinyConfig.Create(TinyTexts.All["Bert"]);
        using var mt5 = TinyConfig.Create(TinyTexts.All["Mt5"]);

        Assert.Single(bert.Text.named_parameters(), entry => DualEncoder.IsPositionEmbedding($"text.{entry.name}"));
        Assert.Single(mt5.Text.named_parameters(), entry => DualEncoder.IsPositionEmbedding($"text.{entry.name}"));
    }
}
