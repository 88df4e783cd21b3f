namespace Clip.Kernels.Float32.Networks;

/// <summary>How much memory an image takes on its way through convolutions, in elements.</summary>
/// <param name="Activations">The largest activations between layers.</param>
/// <param name="HiddenActivations">The largest hidden layer.</param>
/// <param name="Shared">Scratch memory of a team.</param>
/// <param name="PerThread">Scratch memory of each of its threads.</param>
internal readonly record struct ConvolutionMemory(nint Activations, nint HiddenActivations, nint Shared, nint PerThread)
{
    // Elements of a cache line, so that buffers begin at one.
    private const nint Line = 16;

    /// <summary>Makes room for activations.</summary>
    public ConvolutionMemory Image(nint length) => this with { Activations = nint.Max(Activations, Aligned(length)) };

    /// <summary>Makes room for a hidden layer.</summary>
    public ConvolutionMemory Hidden(nint length) => this with { HiddenActivations = nint.Max(HiddenActivations, Aligned(length)) };

    /// <summary>Makes room for a team's scratch memory.</summary>
    public ConvolutionMemory Scratch(nint length) => this with { Shared = nint.Max(Shared, length) };

    /// <summary>Makes room for the scratch memory of each thread.</summary>
    public ConvolutionMemory ThreadScratch(nint length) => this with { PerThread = nint.Max(PerThread, length) };

    /// <summary>All of it: two activations, a hidden layer and scratch memory.</summary>
    public nint Length(int threads) => 2 * Activations + HiddenActivations + nint.Max(Shared, PerThread * threads);

    private static nint Aligned(nint length) => (length + Line - 1) / Line * Line;
}
