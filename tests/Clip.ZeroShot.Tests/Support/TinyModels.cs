using Clip.Models;
using Clip.Preprocessing;
using Clip.Runtime;

namespace Clip.ZeroShot.Tests.Support;

/// <summary>Models with random weights, small enough to build in a moment; a softmax one, one of other weights, a sigmoid one.</summary>
public sealed class TinyModels : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>Tests compare to more digits than bfloat16 has.</summary>
    public static ClipModelOptions Options { get; } = new() { Device = "cpu", Precision = Precision.Float32 };

    public TinyModels()
    {
        // The templates are longer than the 24 tokens of the tiny model, whose tokens are letters.
        var config = TinyClip.Config with { Text = TinyClip.Config.Text with { ContextLength = 77 } };
        Folder = TinyClip.Write(_folder.File("softmax"), seed: 1, config);
        Softmax = ClipModel.Load(Folder, Options);
        Plain = ClipModel.Load(Folder, Options with { KeepPlainWeights = true });
        Other = ClipModel.Load(TinyClip.Write(_folder.File("other"), seed: 2, config), Options);
        Sigmoid = ClipModel.Load(TinyClip.Write(_folder.File("sigmoid"), seed: 3, config with { InitialLogitScale = Math.Log(10), InitialLogitBias = -2.5 }), Options);
    }

    /// <summary>The folder of the first model.</summary>
    public string Folder { get; }

    public ClipModel Softmax { get; }

    /// <summary>The first model with its weights as they are in the file.</summary>
    public ClipModel Plain { get; }

    public ClipModel Other { get; }

    public ClipModel Sigmoid { get; }

    /// <summary>An image of random pixels.</summary>
    public static ImageSource Image(int seed)
    {
        var pixels = new byte[40 * 36 * 3];
        new Random(seed).NextBytes(pixels);
        return ImageSource.FromPixels(pixels, 40, 36, name: $"image {seed}");
    }

    /// <summary>A direction of unit length.</summary>
    public static float[] UnitRow(Random random, int size)
    {
        var row = Enumerable.Range(0, size).Select(_ => random.NextDouble() - 0.5).ToArray();
        var length = Math.Sqrt(row.Sum(x => x * x));
        return Array.ConvertAll(row, x => (float)(x / length));
    }

    public void Dispose()
    {
        Softmax.Dispose();
        Plain.Dispose();
        Other.Dispose();
        Sigmoid.Dispose();
        _folder.Dispose();
    }
}
