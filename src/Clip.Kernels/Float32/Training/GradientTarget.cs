namespace Clip.Kernels.Float32.Training;

/// <summary>Where the gradient of a weight goes.</summary>
/// <param name="Address">The address of its elements; 0 where it is not wanted.</param>
/// <param name="Accumulates">Whether it is added to what is there.</param>
internal readonly unsafe record struct GradientTarget(nint Address, bool Accumulates)
{
    /// <summary>Whether there is one.</summary>
    public bool IsWanted => Address != 0;

    /// <summary>The first element.</summary>
    public float* Elements => (float*)Address;

    /// <summary>What a product adds: what is there, or nothing.</summary>
    public float* Addends => Accumulates ? Elements : null;

    /// <summary>The part that begins at an element.</summary>
    public GradientTarget From(nint element) => IsWanted ? this with { Address = Address + element * sizeof(float) } : this;
}
