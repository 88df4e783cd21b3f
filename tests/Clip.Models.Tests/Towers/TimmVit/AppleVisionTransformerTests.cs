using Clip.Checkpoints;

namespace Clip.Models.Tests.Towers.TimmVit;

/// <summary>
/// MobileCLIP-B's image tower in Apple's form against the outputs of Apple's code (mobileclip/models/vit.py, float64) with these sizes, weights and
/// pixels, which both sides compute. It differs from timm's network of the same weights: its first convolution is padded, and its norms add 1e-5.
/// </summary>
public sealed class AppleVisionTransformerTests : IDisposable
{
    private const string Image = "image_encoder.model.";

    private readonly TemporaryFolder _folder = new();

    private static DualEncoderConfig Config { get; } = new()
    {
        EmbeddingSize = 8,
        Image = new TimmVitConfig
        {
            Resolution = 224,
            PatchSize = 16,
            Head = new TimmHeadConfig(TimmProjection.Linear),
            ClassPosition = false,
            ConvolutionStem = true,
            PaddedStem = true,
            Transformer = new TransformerConfig { Width = 128, Layers = 2, Heads = 4, Activation = Activation.Gelu },
        },
        Text = new ClipTextConfig
        {
            ContextLength = 4,
            VocabularySize = 8,
            Transformer = new TransformerConfig { Width = 8, Layers = 1, Heads = 1, Activation = Activation.Gelu },
        },
    };

    private static double[][] Expected { get; } =
    [
        [1.668718159, -0.246227820, -0.207424136, 0.375763356, 0.215257003, -1.628312321, 0.817833785, -0.013313484],
        [1.701309530, -0.159541259, -0.267476576, 0.665861796, 0.524300766, -1.555323107, 0.758973548, -0.002497826],
    ];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Encode_PlainAndPacked_EqualsApplesCode()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var file = WriteWeights();
        var pixels = Wave(2 * 3 * 224 * 224, 0.5).to(ScalarType.Float32).reshape(2, 3, 224, 224);
        using var network = DualEncoder.Load(file, new LoadOptions { Config = Config });

        AssertExpected(network.EncodeImages(pixels));

        using var packed = network.PackForInference();
        AssertExpected(packed.EncodeImages(pixels));
    }

    [Fact]
    public void Write_AsTimmsNetwork_IsRefused()
    {
        var exception = Assert.Throws<ArgumentException>(() => OpenClipConfigWriter.Write(Config));

        Assert.Contains("timm has none", exception.Message, StringComparison.Ordinal);
    }

    private static void AssertExpected(Tensor features)
    {
        var (actual, expected) = (features.to(ScalarType.Float64).data<double>().ToArray(), Expected.SelectMany(row => row).ToArray());
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 2e-5 * 1.8);
    }

    // The names that the file has, in order; the seed of a weight is its place among those of the image tower.
    private string WriteWeights()
    {
        using var network = new DualEncoder(Config);
        var state = network.state_dict();
        var names = KeyMaps.For(Config).Single(map => map.Name == "Apple's MobileCLIP").Map(state.Keys)!
            .Select(key => KeyValuePair.Create(key.Name, key.View(state[key.Parameter])))
            .OrderBy(key => key.Key, StringComparer.Ordinal)
            .ToArray();
        string[] seeds = [.. names.Select(name => name.Key).Where(HasSeed)];
        return SafetensorsFile.Write(_folder.File("model.safetensors"), [.. names.Select(Fill)]);

        KeyValuePair<string, Tensor> Fill(KeyValuePair<string, Tensor> name) =>
            HasSeed(name.Key) ? KeyValuePair.Create(name.Key, Weight(name.Key, name.Value.shape, Array.IndexOf(seeds, name.Key))) : name;
    }

    private static bool HasSeed(string name) =>
        name.StartsWith(Image, StringComparison.Ordinal) && !name.EndsWith("batches_tracked", StringComparison.Ordinal);

    private static Tensor Weight(string name, long[] shape, int seed)
    {
        var wave = Wave(shape.Aggregate(1L, (count, side) => count * side), seed);
        var isMatrix = shape.Length >= 2 && !name.Contains("cls_token", StringComparison.Ordinal) && !name.Contains("pos_embed", StringComparison.Ordinal);
        var inputs = name.EndsWith(".proj", StringComparison.Ordinal) ? shape[0] : shape.Skip(1).Aggregate(1L, (count, side) => count * side);
        return (isMatrix ? wave * (1.4 / Math.Sqrt(inputs))
            : name.EndsWith("running_var", StringComparison.Ordinal) ? 1 + (wave * 0.4)
            : name.EndsWith("weight", StringComparison.Ordinal) ? 1 + (wave * 0.2)
            : wave * 0.2).to(ScalarType.Float32).reshape(shape);
    }

    private static Tensor Wave(long count, double seed)
    {
        var values = new double[count];
        for (var i = 0L; i < count; i++)
            values[i] = Math.Sin(((i % 1009) * (double)(i % 1009) * 0.618) + (i / 1009 * 0.377) + seed);
        return tensor(values);
    }
}
