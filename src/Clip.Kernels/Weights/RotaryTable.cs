namespace Clip.Kernels.Weights;

/// <summary>By which angle each pair of channels of a query or key is turned at each place of a sequence.</summary>
/// <remarks>
/// Source: Su et al. 2021, "RoFormer", section 3.2. Pairs are neighbors, channels 0 and 1 of a head, 2 and 3, and so on; or lie half a head apart.
/// </remarks>
internal sealed class RotaryTable
{
    /// <summary>Makes a table of angles.</summary>
    /// <param name="pairs">Pairs of channels of a head.</param>
    /// <param name="angles">The angles, [length, pairs]; 0 turns nothing.</param>
    /// <param name="halvesArePairs">Whether a pair lies half a head apart rather than side by side.</param>
    public RotaryTable(int pairs, double[] angles, bool halvesArePairs = false)
    {
        Pairs = pairs;
        HalvesArePairs = halvesArePairs;
        Length = angles.Length / pairs;
        Cosines = Array.ConvertAll(angles, Math.Cos);
        Sines = Array.ConvertAll(angles, Math.Sin);
    }

    /// <summary>Places of a sequence.</summary>
    public int Length { get; }

    /// <summary>Pairs of channels of a head.</summary>
    public int Pairs { get; }

    /// <summary>Whether a pair lies half a head apart rather than side by side.</summary>
    public bool HalvesArePairs { get; }

    /// <summary>Cosines of the angles, [length, pairs].</summary>
    public double[] Cosines { get; }

    /// <summary>Sines of the angles, [length, pairs].</summary>
    public double[] Sines { get; }

    /// <summary>Cosines and sines as tensors [length, pairs].</summary>
    public (Tensor Cosines, Tensor Sines) ToTensors(ScalarType dtype, Device device)
    {
        return (ToTensor(Cosines), ToTensor(Sines));

        Tensor ToTensor(double[] values) => tensor(values, [Length, Pairs]).to(dtype, device);
    }
}
