namespace Clip.Models.Tests.Inference;

/// <summary>Models that are disposed while other threads use them.</summary>
public sealed class DisposalTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData(nameof(TinyConfig.VisionTransformer), true)]
    [InlineData(nameof(TinyConfig.VisionTransformer), false)]
    [InlineData(nameof(TinyConfig.ResNet), true)]
    [InlineData(nameof(TinyConfig.SigLip), true)]
    public async Task Dispose_WhileOthersEncode_GivesRightEmbeddingsOrObjectDisposedException(string name, bool pack)
    {
        const int Threads = 4, Rounds = 8;
        var config = TinyConfig.All[name];
        using var pixels = TinyConfig.Pixels(config, 3);
        using var tokens = TinyConfig.Tokens(config, 3);
        for (var round = 0; round < Rounds; round++)
        {
            using IDualEncoder model = pack ? TinyConfig.CreatePacked(config) : TinyConfig.Create(config);
            using var images = Compute(() => model.EncodeImages(pixels));
            using var texts = Compute(() => model.Text.GetFeatures(tokens));
            using var started = new CountdownEvent(Threads);
            var callers = Enumerable.Range(0, Threads).Select(number => Task.Factory.StartNew(
                () => number % 2 == 0 ? Use(() => model.EncodeImages(pixels), images) : Use(() => model.Text.GetFeatures(tokens), texts),
                TaskCreationOptions.LongRunning)).ToArray();

            Assert.True(started.Wait(Limit));
            model.Dispose();

            Assert.All(await Task.WhenAll(callers).WaitAsync(Limit), calls => Assert.InRange(calls, 1, int.MaxValue));

            // Until the model is gone.
            int Use(Func<Tensor> encode, Tensor expected)
            {
                for (var calls = 0; ; calls++)
                {
                    try
                    {
                        using var actual = Compute(encode);
                        TensorAssert.Close(expected, actual, 1e-5);
                    }
                    catch (ObjectDisposedException)
                    {
                        return calls;
                    }
                    if (calls == 0)
                        started.Signal();
                }
            }
        }
    }

    [Fact]
    public async Task Dispose_WhileAPassRuns_WaitsForItsEnd()
    {
        var config = TinyConfig.VisionTransformer;
        using var pixels = TinyConfig.Pixels(config, 1);
        using var model = TinyConfig.Create(config);
        using var inside = new ManualResetEventSlim();
        using var gate = new ManualResetEventSlim();
        var layer = (nn.Module<Tensor, Tensor>)model.named_modules().Single(entry => entry.name == "visual.conv1").module;
        layer.register_forward_hook((_, _, output) =>
        {
            inside.Set();
            Assert.True(gate.Wait(Limit));
            return output.alias();
        });
        var pass = Task.Run(() =>
        {
            using var embeddings = Compute(() => model.EncodeImages(pixels));
            return embeddings.isfinite().all().item<bool>();
        });
        Assert.True(inside.Wait(Limit));

        var disposal = Task.Run(model.Dispose);
        while (Refuses(model) is false)
            await Task.Yield();

        Assert.False(disposal.IsCompleted);
        gate.Set();
        Assert.True(await pass.WaitAsync(Limit));
        await disposal.WaitAsync(Limit);
    }

    [Fact]
    public void Dispose_InsideOfAPass_IsRefusedRatherThanWaitingForItself()
    {
        var config = TinyConfig.VisionTransformer;
        using var pixels = TinyConfig.Pixels(config, 1);
        using var model = TinyConfig.Create(config);
        var layer = (nn.Module<Tensor, Tensor>)model.named_modules().Single(entry => entry.name == "visual.conv1").module;
        Exception? error = null;
        var hook = layer.register_forward_hook((_, _, output) =>
        {
            error = Record.Exception(model.Dispose);
            return output.alias();
        });

        Compute(() => model.EncodeImages(pixels)).Dispose();
        hook.remove();

        Assert.IsType<InvalidOperationException>(error);
        Compute(() => model.EncodeImages(pixels)).Dispose();
    }

    [Fact]
    public void Members_Disposed_ThrowObjectDisposedException()
    {
        var config = TinyConfig.VisionTransformer;
        using var scope = NewDisposeScope();
        var (pixels, tokens) = (TinyConfig.Pixels(config, 1), TinyConfig.Tokens(config, 1));
        var model = TinyConfig.Create(config);
        model.Dispose();
        model.Dispose();

        Assert.Throws<ObjectDisposedException>(() => model.EncodeImages(pixels));
        Assert.Throws<ObjectDisposedException>(() => model.EncodeTexts(tokens));
        Assert.Throws<ObjectDisposedException>(() => model.Image.GetTokens(pixels));
        Assert.Throws<ObjectDisposedException>(() => model.GetLogitScale());
        Assert.Throws<ObjectDisposedException>(() => model.PackForInference());
        Assert.Throws<ObjectDisposedException>(() => model.Copy());
    }

    [Fact]
    public void Members_OfADisposedPackedEncoder_ThrowObjectDisposedException()
    {
        var config = TinyConfig.VisionTransformer;
        using var scope = NewDisposeScope();
        var (pixels, tokens) = (TinyConfig.Pixels(config, 1), TinyConfig.Tokens(config, 1));
        var packed = TinyConfig.CreatePacked(config);
        packed.Dispose();
        packed.Dispose();

        Assert.Throws<ObjectDisposedException>(() => packed.EncodeImages(pixels));
        Assert.Throws<ObjectDisposedException>(() => packed.EncodeTexts(tokens));
        Assert.Throws<ObjectDisposedException>(() => packed.Image.GetTokens(pixels));
        Assert.Throws<ObjectDisposedException>(() => packed.Text.GetFeatures(tokens));
        Assert.Throws<ObjectDisposedException>(() => packed.GetLogits(pixels, pixels));
        Assert.Throws<ObjectDisposedException>(() => packed.GetLogitScale());
        Assert.Throws<ObjectDisposedException>(() => packed.GetLogitBias());
    }

    private static bool Refuses(DualEncoder model)
    {
        try
        {
            model.GetLogitScale().Dispose();
            return false;
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
    }

    private static Tensor Compute(Func<Tensor> encode)
    {
        using var inference = inference_mode();
        return encode();
    }
}
