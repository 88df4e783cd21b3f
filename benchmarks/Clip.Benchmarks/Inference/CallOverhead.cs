using BenchmarkDotNet.Attributes;
using Clip.Models;
using Clip.Runtime;

namespace Clip.Benchmarks.Inference;

/// <summary>What one call costs beyond its arithmetic: towers so narrow that there is next to nothing to compute.</summary>
/// <remarks><c>dotnet run -c Release --project benchmarks/Clip.Benchmarks -- --filter *CallOverhead*</c></remarks>
public class CallOverhead
{
    private const int Side = 32, Length = 8;

    private IDualEncoder _model = null!;
    private Tensor _pixels = null!;
    private Tensor _tokens = null!;

    /// <summary>Makes the model and its inputs.</summary>
    [GlobalSetup]
    public void Setup()
    {
        TorchLibraries.EnsureLoaded();
        var transformer = new TransformerConfig { Width = 16, Layers = 1, Heads = 1, Activation = Activation.QuickGelu };
        var network = new DualEncoder(new DualEncoderConfig
        {
            EmbeddingSize = 16,
            Image = new VisionTransformerConfig { Resolution = Side, PatchSize = Side, Transformer = transformer },
            Text = new ClipTextConfig { VocabularySize = 100, ContextLength = Length, Transformer = transformer },
        });
        network.eval();
        _model = network.PackForInference();
        _pixels = zeros(1, 3, Side, Side);
        _tokens = ones([1, Length], ScalarType.Int64);
    }

    /// <summary>Releases them.</summary>
    [GlobalCleanup]
    public void Cleanup()
    {
        _pixels.Dispose();
        _tokens.Dispose();
        _model.Dispose();
    }

    /// <summary>Embeds one picture.</summary>
    [Benchmark]
    public void Image()
    {
        using var mode = inference_mode();
        using var embedding = _model.EncodeImages(_pixels);
    }

    /// <summary>Embeds one text.</summary>
    [Benchmark]
    public void Text()
    {
        using var mode = inference_mode();
        using var embedding = _model.EncodeTexts(_tokens);
    }
}
