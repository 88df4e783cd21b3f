namespace Clip.Preprocessing;

/// <summary>Where the crop begins when as many pixels cannot be left out on both sides.</summary>
public enum CropRounding
{
    /// <summary>Half of what is left out, halves rounded to the even neighbor, as torchvision does.</summary>
    HalfToEven,

    /// <summary>Half of what is left out, rounded down, as the Hugging Face processors do.</summary>
    Floor,
}
