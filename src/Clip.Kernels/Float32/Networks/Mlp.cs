using System.Diagnostics;
using System.Runtime.CompilerServices;
using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Operators;
using Clip.Kernels.Float32.Products;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;
using Clip.Kernels.Weights;

namespace Clip.Kernels.Float32.Networks;

/// <summary>Norms and an MLP in float32, added onto a residual.</summary>
/// <remarks>Of many rows some pass through all layers while they are in the cache; of few, threads share each layer's weights.</remarks>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal sealed unsafe class Mlp<TSimd, TVector> : IMlpKernel
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private readonly LayerNorm<TSimd, TVector>[] _norms;
    private readonly PackedMatrix<TSimd, TVector> _expand;
    private readonly PackedMatrix<TSimd, TVector>? _multiply;
    private readonly PackedMatrix<TSimd, TVector> _contract;
    private readonly FusedActivation _activation;
    private readonly Scratch _scratch = new();

    /// <summary>Packs the weights; the gain of the branch goes into the last layer.</summary>
    public Mlp(MlpWeights weights)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        _norms = [.. weights.Norms.Select(norm => new LayerNorm<TSimd, TVector>(norm, weights.NormEpsilon))];
        _expand = new(weights.Expand.Weight, weights.Expand.Bias);
        if (weights.Multiply is { } multiply)
            _multiply = new(multiply.Weight, multiply.Bias);
        var (weight, bias) = weights.Contract;
        _contract = weights.Scale is { } scale ? new(weight * scale.unsqueeze(1), bias * scale) : new(weight, bias);
        _activation = weights.Activation;
    }

    private nint Width => _contract.Outputs;

    private nint Hidden => _expand.Outputs;

    // Normed rows, hidden channels, and what these are multiplied by.
    private nint ScratchPerRow => Width + Hidden * (_multiply is null ? 1 : 2);

    /// <inheritdoc/>
    public Tensor Forward(Tensor x, Tensor residual)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var (input, addend) = (TensorMemory.Dense(x), TensorMemory.Dense(residual));
        Debug.Assert(input.shape[^1] == Width && input.shape.SequenceEqual(addend.shape), "Rows are as wide as the weights, and have a residual each.");
        var output = empty(input.shape, ScalarType.Float32);
        var rows = (nint)(input.numel() / Width);
        if (rows == 0)
            return output.MoveToOuterDisposeScope();

        var pass = new Pass(TensorMemory.Pointer<float>(input), TensorMemory.Pointer<float>(addend), TensorMemory.Pointer<float>(output));
        var threads = KernelThreads.SizeFor((double)rows * Width * Hidden * (_multiply is null ? 2 : 3));
        using var lease = _scratch.Rent(nint.Min(rows, EnoughRows(threads)) * ScratchPerRow);
        var scratch = lease.Pointer;
        KernelThreads.Shared.Run(threads, team =>
        {
            if (rows >= EnoughRows(threads))
                ComputeBlocks(team, pass, rows, scratch + team.Rank * RowBlocks.Most * ScratchPerRow);
            else
                ComputeTogether(team, pass, rows, scratch);
        });
        GC.KeepAlive(input);
        GC.KeepAlive(addend);
        return output.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var norm in _norms)
            norm.Dispose();
        _expand.Dispose();
        _multiply?.Dispose();
        _contract.Dispose();
        _scratch.Dispose();
    }

    private static nint EnoughRows(int threads) => 2 * RowBlocks.Most * threads;

    private void ComputeBlocks(ThreadTeam team, Pass pass, nint rows, float* scratch)
    {
        foreach (var block in new RowBlocks(team, rows))
            ComputeTogether(ThreadTeam.Alone, pass.From(block.First * Width), block.Count, scratch);
    }

    private void ComputeTogether(ThreadTeam team, Pass pass, nint rows, float* scratch)
    {
        var normed = pass.Input;
        foreach (var norm in _norms)
        {
            norm.Compute(team.Share(rows), normed, scratch);
            normed = scratch;
        }
        team.Barrier();

        var hidden = scratch + rows * Width;
        var inputs = new PlainRows(normed, Width, Width);
        MatrixProduct<TSimd, TVector>.Compute(team, inputs, rows, _expand, hidden, Hidden, null, _activation);
        if (_multiply is not null)
        {
            var factors = hidden + rows * Hidden;
            MatrixProduct<TSimd, TVector>.Compute(team, inputs, rows, _multiply, factors, Hidden);
            team.Barrier();
            var share = team.Share(rows * Hidden);
            Multiply(hidden + share.First, factors + share.First, share.Count);
        }
        team.Barrier();
        MatrixProduct<TSimd, TVector>.Compute(team, new PlainRows(hidden, Hidden, Hidden), rows, _contract, pass.Output, Width, pass.Addend);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply(float* values, float* factors, nint count)
    {
        nint i = 0;
        for (; i + TSimd.Lanes <= count; i += TSimd.Lanes)
            TSimd.Store(TSimd.Multiply(TSimd.Load(values + i), TSimd.Load(factors + i)), values + i);
        for (; i < count; i++)
            values[i] *= factors[i];
    }

    private readonly struct Pass(float* input, float* addend, float* output)
    {
        public float* Input => input;

        public float* Addend => addend;

        public float* Output => output;

        public Pass From(nint offset) => new(input + offset, addend + offset, output + offset);
    }
}
