namespace Clip.Parity.Tests.Towers;

/// <summary>ResNet towers in training mode: batch statistics, and the running ones that they update.</summary>
public sealed class BatchStatisticsParityTests
{
    private const string Input = "train_mode.image";

    public static TheoryData<string> Cases => new(TowerCase.Having(Input));

    [Theory]
    [MemberData(nameof(Cases))]
    public void EncodeImages_TrainingMode_NormalizesByTheBatchAsTheOriginal(string name)
    {
        using var reference = new TowerCase(name);
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var network = reference.Load();
        network.train();

        var embeddings = network.EncodeImages(reference.Outputs[Input]);

        var expected = reference.Outputs["train_mode.encode_image.f32"];
        TensorAssert.Close(expected, embeddings, 5e-5 * Math.Max(1, expected.abs().max().item<float>()));
        var state = network.state_dict();
        foreach (var output in reference.Outputs.Names.Where(output => output.StartsWith("train_mode.visual.", StringComparison.Ordinal)))
        {
            var statistic = output["train_mode.".Length..];
            var isInteger = statistic.EndsWith(".f64", StringComparison.Ordinal);
            var key = isInteger ? statistic[..^".f64".Length] : statistic;
            TensorAssert.Close(reference.Outputs[output], state[key], 2e-5 * Math.Max(1, reference.Outputs[output].abs().max().to(ScalarType.Float64).item<double>()));
        }
    }
}
