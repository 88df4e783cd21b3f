namespace Clip.Kernels.Float32.Training;

/// <summary>An activation and its derivative.</summary>
/// <typeparam name="TVector">Vectors of elements.</typeparam>
internal interface IDifferentiable<TVector>
    where TVector : struct
{
    /// <summary>The activation.</summary>
    static abstract TVector Value(TVector x, TVector coefficient);

    /// <summary>The activation and its derivative at x.</summary>
    static abstract TVector Value(TVector x, TVector coefficient, out TVector derivative);
}
