using System.Text.Json;
using Clip.Models;

namespace Clip.Parity.Tests.Towers;

/// <summary>Every recorded tower that Hugging Face's library stores alone, against its original.</summary>
public sealed class HalfTowerParityTests
{
    private const string ImageKind = "_vision_model", TextKind = "_text_model", ConfigFile = "config.json";

    public static TheoryData<string> Images => new(ReferenceData.OrNone(TowerCase.Names.Where(name => KindOf(name).EndsWith(ImageKind, StringComparison.Ordinal))));

    public static TheoryData<string> Texts => new(ReferenceData.OrNone(TowerCase.Names.Where(name => KindOf(name).EndsWith(TextKind, StringComparison.Ordinal))));

    [Theory]
    [MemberData(nameof(Images))]
    public void ImageTower_EqualsTheOriginal(string name)
    {
        using var reference = new TowerCase(name);
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var tower = ImageTower.Load(ReferenceData.PathOf(name));

        Compare(reference, ".f32", tower.call(reference.Image), 2e-5);
        tower.to(ScalarType.Float64);
        Compare(reference, ".f64", tower.call(reference.Image.to(ScalarType.Float64)), 1e-12);
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void TextTower_EqualsTheOriginal(string name)
    {
        using var reference = new TowerCase(name);
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var tower = TextTower.Load(ReferenceData.PathOf(name));

        Compare(reference, ".f32", tower.call(reference.Text), 2e-5);
        CompareTokens(reference, ".f32", tower.GetTokens(reference.Text), 2e-5);
        tower.to(ScalarType.Float64);
        Compare(reference, ".f64", tower.call(reference.Text), 1e-12);
        CompareTokens(reference, ".f64", tower.GetTokens(reference.Text), 1e-12);
    }

    // Towers without a projection have their pooled features as embeddings.
    private static void Compare(TowerCase reference, string precision, Tensor actual, double tolerance)
    {
        var name = new[] { "image_embeds", "text_embeds", "pooler_output" }.First(output => reference.Computed.Contains(output));
        Close(reference.Outputs[name + precision], actual, tolerance);
    }

    private static void CompareTokens(TowerCase reference, string precision, Tensor actual, double tolerance) =>
        Close(reference.Outputs["last_hidden_state" + precision], actual, tolerance);

    private static void Close(Tensor expected, Tensor actual, double tolerance) =>
        TensorAssert.Close(expected, actual, tolerance * Math.Max(1, expected.abs().max().to(ScalarType.Float64).item<double>()));

    private static string KindOf(string name)
    {
        var config = ReferenceData.PathOf(name, ConfigFile);
        if (!File.Exists(config))
            return "";
        using var document = JsonDocument.Parse(File.ReadAllBytes(config));
        return document.RootElement.TryGetProperty("model_type", out var kind) ? kind.GetString()! : "";
    }
}
