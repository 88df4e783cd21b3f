namespace Clip.Kernels.Float32.Memory;

/// <summary>Activations of an image, channels last.</summary>
/// <param name="Address">The address of the elements, [Height, Width, Channels].</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="Channels">Channels.</param>
internal readonly unsafe record struct FeatureMap(nint Address, nint Height, nint Width, nint Channels)
{
    /// <summary>The first element.</summary>
    public float* First => (float*)Address;

    /// <summary>Number of positions.</summary>
    public nint Positions => Height * Width;
}
