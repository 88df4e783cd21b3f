namespace Clip.Runtime.Kernels.Float32;

/// <summary>Activations of a picture, channels last.</summary>
/// <param name="Numbers">[Height, Width, Channels].</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="Channels">Channels.</param>
internal readonly unsafe record struct Picture(nint Numbers, nint Height, nint Width, nint Channels)
{
    /// <summary>The first number.</summary>
    public float* First => (float*)Numbers;

    /// <summary>Number of places.</summary>
    public nint Places => Height * Width;
}
