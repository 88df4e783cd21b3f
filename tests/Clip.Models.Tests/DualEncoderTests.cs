using System.Runtime.InteropServices;

namespace Clip.Models.Tests;

public sealed class DualEncoderTests : IDisposable
{
    private readonly DualEncoder _network = TinyConfig.Create(TinyConfig.VisionTransformer);
    private readonly Tensor _pixels = TinyConfig.Pixels(TinyConfig.VisionTransformer, count: 3);
    private readonly Tensor _tokens = TinyConfig.Tokens(TinyConfig.VisionTransformer, count: 4);

    public void Dispose()
    {
        _network.Dispose();
        _pixels.Dispose();
        _tokens.Dispose();
    }

    [Fact]
    [NoTensorLeaks]
    public void GetLogits_AnyLengths_AreScaledCosines()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var (images, texts) = (_network.EncodeImages(_pixels), _network.EncodeTexts(_tokens));

        var logits = _network.GetLogits(5 * images, texts);

        var cosines = _network.EncodeImages(_pixels, normalize: true).matmul(_network.EncodeTexts(_tokens, normalize: true).t());
        Assert.Equal([3, 4], logits.shape);
        TensorAssert.Close(cosines / 0.07, logits, 1e-5);
        TensorAssert.Close(logits, _network.call(_pixels, _tokens), 1e-5);
    }

    [Fact]
    [NoTensorLeaks]
    public void EncodeImages_Normalized_HaveUnitLength()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();

        var lengths = _network.EncodeImages(_pixels, normalize: true).norm(1);

        TensorAssert.Close(ones(3), lengths, 1e-6);
    }

    [Fact]
    [NoTensorLeaks]
    public void Encode_ManyTimesAndWithErrors_KeepsNoTensor()
    {
        using var noGradients = no_grad();
        using var wrongPixels = zeros(1, 32, 32, 3);
        using var wrongTokens = zeros(1, 13, ScalarType.Int64);
        for (var i = 0; i < 200; i++)
        {
            _network.EncodeImages(_pixels, normalize: true).Dispose();
            _network.EncodeTexts(_tokens).Dispose();
            _network.call(_pixels, _tokens).Dispose();
            if (i % 10 == 0)
            {
                Assert.Throws<ArgumentException>(() => _network.EncodeImages(wrongPixels));
                Assert.Throws<ArgumentException>(() => _network.call(_pixels, wrongTokens));
            }
        }
    }

    [Fact]
    [NoTensorLeaks]
    public void Encode_ThrowingInside_KeepsNoTensor()
    {
        using var noGradients = no_grad();
        // Half a batch on no device at all: the towers' own checks pass and a kernel refuses.
        using var meta = empty(2, 3, 32, 32, device: META);
        for (var i = 0; i < 10; i++)
            Assert.Contains("meta", Assert.Throws<ExternalException>(() => _network.EncodeImages(meta)).Message, StringComparison.Ordinal);
    }

    [Fact]
    [NoTensorLeaks]
    public void Encode_InCallersScope_BelongsToThatScope()
    {
        using var noGradients = no_grad();
        Tensor images;
        using (NewDisposeScope())
        {
            images = _network.EncodeImages(_pixels);
            Assert.False(images.IsInvalid);
        }
        Assert.True(images.IsInvalid);
    }

    [Fact]
    public void Constructor_InsideAScope_OutlivesIt()
    {
        DualEncoder network;
        using (NewDisposeScope())
            network = new DualEncoder(TinyConfig.ResNet);

        Assert.All(network.state_dict().Values, tensor => Assert.False(tensor.IsInvalid));
        var tensors = network.state_dict().Values.ToArray();
        network.Dispose();
        Assert.All(tensors, tensor => Assert.True(tensor.IsInvalid));
    }

    [Fact]
    public void ClampLogitScale_TooLarge_BecomesHundred()
    {
        using var network = TinyConfig.Create(TinyConfig.VisionTransformer with { InitialLogitScale = 7 });

        network.ClampLogitScale();

        using var scale = network.GetLogitScale();
        Assert.Equal(100, scale.item<float>(), 1e-3);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void Encode_AnyBatchSize_GivesTheSame(int size)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var pixels = TinyConfig.Pixels(_network.Config, count: 7);
        var tokens = TinyConfig.Tokens(_network.Config, count: 7);

        var images = cat(pixels.split(size).Select(batch => _network.EncodeImages(batch)).ToArray());
        var texts = cat(tokens.split(size).Select(batch => _network.EncodeTexts(batch)).ToArray());

        TensorAssert.Close(_network.EncodeImages(pixels), images, 1e-5);
        TensorAssert.Close(_network.EncodeTexts(tokens), texts, 1e-5);
    }

    [Fact]
    public void Encode_FromManyThreads_GivesTheSame()
    {
        using var expected = Encode();
        Parallel.For(0, 32, _ =>
        {
            using var actual = Encode();
            TensorAssert.BitEqual(expected, actual);
        });

        Tensor Encode()
        {
            using var noGradients = no_grad();
            return _network.call(_pixels, _tokens);
        }
    }

    [Fact]
    public void Backward_AllParameters_GetGradients()
    {
        foreach (var (name, config) in TinyConfig.All)
        {
            using var scope = NewDisposeScope();
            using var network = TinyConfig.Create(config);
            network.train();
            // At full length padding hides nothing, and every position embedding takes part.
            var logits = network.call(TinyConfig.Pixels(config, count: 3), TinyConfig.Tokens(config, count: 3));
            // The bottlenecks' last gains start at zero, which stops all gradients before them.
            nn.functional.cross_entropy(logits, arange(3)).backward();

            foreach (var (parameter, weight) in network.named_parameters())
                Assert.True(weight.grad is not null, $"{name}: {parameter} got no gradient.");
        }
    }
}
