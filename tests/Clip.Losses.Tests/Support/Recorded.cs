using System.Text.Json;
using Clip.Checkpoints;

namespace Clip.Losses.Tests.Support;

/// <summary>One recorded computation in one dtype: <c>key.name.f64</c> in a file of tests/Fixtures/losses.</summary>
internal sealed class Recorded : IDisposable
{
    private readonly Checkpoint _file;
    private readonly string _key;
    private readonly string _suffix;

    public Recorded(string file, string key, ScalarType dtype)
    {
        _file = Open(file);
        _key = key;
        DType = dtype;
        _suffix = dtype == ScalarType.Float64 ? ".f64" : ".f32";
    }

    public ScalarType DType { get; }

    /// <summary>A file of recordings.</summary>
    public static Checkpoint Open(string file) => Checkpoint.Open(Fixtures.Find("losses", $"{file}.safetensors"));

    /// <summary>A recorded result.</summary>
    public Tensor this[string name] => _file.ReadTensor($"{_key}.{name}{_suffix}");

    /// <summary>A recorded input in the computation's dtype, wanting a gradient.</summary>
    public Tensor Input(string name) => Leaf(_file.ReadTensor($"{_key}.{name}"));

    /// <summary>A recorded input of which each dtype has its own.</summary>
    public Tensor InputOfDType(string name) =>
        Leaf(_file.ReadTensor(DType == ScalarType.Float64 ? $"{_key}.{name}.f64" : $"{_key}.{name}"));

    /// <summary>A number as a leaf that wants a gradient.</summary>
    public Tensor Number(double value) => tensor(value, DType).requires_grad_(true);

    /// <summary>Compares with what was recorded under a name.</summary>
    /// <remarks>
    /// The tolerances are those of the recording: in float64 1e-12; in float32 2e-5 plus 2e-6 of the value, because saturated
    /// cases are near 1e-8 and cancel completely.
    /// </remarks>
    public void RequireClose(string name, Tensor? actual)
    {
        Assert.NotNull(actual);
        var expected = this[name];
        var relative = DType == ScalarType.Float64 ? 0 : 2e-6 * expected.abs().max().item_double();
        TensorAssert.Close(expected.view(actual.shape), actual, (DType == ScalarType.Float64 ? 1e-12 : 2e-5) + relative);
    }

    /// <summary>The settings of the recorded computations of a file, by key.</summary>
    public static IReadOnlyList<JsonElement> Index(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Fixtures.Find("losses", $"{file}_index.json")));
        return [.. document.RootElement.EnumerateArray().Select(element => element.Clone())];
    }

    public static JsonElement Settings(string file, string key) =>
        Index(file).Single(element => element.GetProperty("key").GetString() == key);

    public void Dispose() => _file.Dispose();

    private Tensor Leaf(Tensor recorded) => recorded.to(DType).clone().requires_grad_(true);
}
