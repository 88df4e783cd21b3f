using Clip.Losses;
using Clip.Training.Data;
using Clip.Training.Steps;
using Clip.Training.Tests.Support;

namespace Clip.Training.Tests.Steps;

/// <summary>Both losses of a model that writes captions, whole and in micro-batches.</summary>
public sealed class CaptionGradientCacheTests
{
    private const int Pairs = 7;

    [Theory]
    [InlineData(7, 1, 2)]
    [InlineData(3, 1, 2)]
    [InlineData(1, 0.5, 3)]
    [InlineData(3, 0, 1)]
    [InlineData(9, 0, 1)]
    public void Backward_EqualsTheSumOfTheLosses(int microBatch, double contrastiveWeight, double captionWeight)
    {
        using var scope = NewDisposeScope();
        var config = TinyConfig.CoCa;
        using var model = TinyConfig.Create(config);
        using var loss = new ClipLoss();
        using var captions = new CaptionLoss(model.CaptionPaddingId);
        var (images, tokens) = (TinyConfig.Pixels(config, Pairs), Captions(config));
        var outputs = model.EncodeWithCaptions(images, tokens);
        var expectedValue = contrastiveWeight * loss.call(outputs.Images, outputs.Texts, model.GetLogitScale())
            + captionWeight * captions.OfNextTokens(outputs.Logits, tokens);
        expectedValue.backward();
        var expected = Weights.Gradients(model);
        Weights.Forget(model);

        using var cache = new CaptionGradientCache(model, loss, contrastiveWeight, captionWeight);
        var value = cache.Backward(BatchRows.Of(images), BatchRows.Of(tokens), microBatch, seed: 1, new BackwardSteps { GradientScale = 2 });

        TensorAssert.Close(expectedValue.detach(), value, 1e-5 * expectedValue.item<float>());
        var gradients = Weights.Gradients(model);
        // What only the contrastive loss reaches has no gradient, or one of zeros, without it.
        var reached = expected.Where(entry => gradients.ContainsKey(entry.Key) || entry.Value.abs().max().item<float>() > 0)
            .ToDictionary(entry => entry.Key, entry => 2 * entry.Value);
        Weights.RequireClose(reached, gradients, 2e-5);
        Assert.Contains(gradients.Keys, name => name.StartsWith("text_decoder.", StringComparison.Ordinal));
    }

    // The share of a micro-batch is that of its tokens, not of its texts: one of them has no token but padding.
    [Fact]
    public void Backward_TextsOfPaddingAlone_AddNothing()
    {
        using var scope = NewDisposeScope();
        var config = TinyConfig.CoCa;
        using var model = TinyConfig.Create(config);
        using var loss = new ClipLoss();
        using var captions = new CaptionLoss(model.CaptionPaddingId);
        var (images, tokens) = (TinyConfig.Pixels(config, Pairs), Captions(config));
        tokens[2, 1..] = model.CaptionPaddingId;
        var expected = captions.OfNextTokens(model.EncodeWithCaptions(images, tokens).Logits, tokens);

        using var cache = new CaptionGradientCache(model, loss, 0, 1);
        var value = cache.Backward(BatchRows.Of(images), BatchRows.Of(tokens), 1, seed: 1, new BackwardSteps { GradientScale = 1 });

        TensorAssert.Close(expected.detach(), value, 1e-5 * expected.item<float>());
        Assert.All(Weights.Gradients(model).Values, gradient => Assert.True(gradient.isfinite().all().item<bool>()));
    }

    [Theory]
    [InlineData("visual.")]
    [InlineData("text.")]
    public void Backward_LockedTower_GivesItNoGradients(string locked)
    {
        using var scope = NewDisposeScope();
        var config = TinyConfig.CoCa;
        using var model = TinyConfig.Create(config);
        using var loss = new ClipLoss();
        foreach (var (name, parameter) in model.named_parameters())
            parameter.requires_grad = !name.StartsWith(locked, StringComparison.Ordinal);

        using var cache = new CaptionGradientCache(model, loss, 1, 2);
        cache.Backward(BatchRows.Of(TinyConfig.Pixels(config, Pairs)), BatchRows.Of(Captions(config)), 3, seed: 1, new BackwardSteps { GradientScale = 1 });

        Assert.Equal(
            model.named_parameters().Where(entry => entry.parameter.requires_grad).Select(entry => entry.name).Order(), Weights.Gradients(model).Keys.Order());
    }

    // Texts of different lengths, padded as the model's tokenizer pads.
    private static Tensor Captions(DualEncoderConfig config)
    {
        var tokens = TinyConfig.Tokens(config, Pairs);
        for (var text = 0; text < Pairs; text++)
            tokens[text, (config.Text.ContextLength - 1 - text % 3)..] = 0;
        return tokens;
    }
}
