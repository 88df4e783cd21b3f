using Clip.Models;

namespace Clip.Parity.Tests.Towers;

/// <summary>Perception Encoders against Meta's code at another resolution and for videos.</summary>
public sealed class PerceptionEncoderParityTests
{
    private const string Larger = "encode_image_larger", Video = "encode_video";

    public static TheoryData<string> Cases => new(TowerCase.Having($"{Larger}.f32"));

    // Meta resizes positions bilinearly and does not scale coordinates.
    [Theory]
    [MemberData(nameof(Cases))]
    public void EncodeImages_AnotherResolution_EqualsTheOriginal(string name)
    {
        using var reference = new TowerCase(name);
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var images = reference.Outputs["image_larger"];
        using var network = reference.Load(new ImageSize((int)images.shape[2], (int)images.shape[3]));

        var expected = reference.Outputs[$"{Larger}.f32"];
        TensorAssert.Close(expected, network.EncodeImages(images), 2e-5 * Math.Max(1, expected.abs().max().item<float>()));
    }

    // The embedding of a video is the mean of those of its frames.
    [Theory]
    [MemberData(nameof(Cases))]
    public void EncodeImages_FramesOfAVideo_AverageToTheOriginal(string name)
    {
        using var reference = new TowerCase(name);
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var network = reference.Load();
        var frames = reference.Outputs["video"];                                            // [N, frames, 3, H, W]

        var video = network.EncodeImages(frames.flatten(0, 1)).unflatten(0, frames.shape[0], frames.shape[1]).mean([1]);

        var expected = reference.Outputs[$"{Video}.f32"];
        TensorAssert.Close(expected, video, 2e-5 * Math.Max(1, expected.abs().max().item<float>()));
    }
}
