using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Operators;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;
using Clip.Kernels.Weights;

namespace Clip.Kernels.Float32.Training;

/// <summary>A pass from pixels to the tokens of their patches: a product, a class token, positions and a norm.</summary>
/// <remarks>Source: Dosovitskiy et al. 2020, section 3.1.</remarks>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal sealed unsafe class PatchPass<TSimd, TVector> : ITrainingPass
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private readonly TrainingMemory _memory;
    private readonly PatchWeights _weights;
    private readonly nint _images;
    private readonly nint _patches;
    private readonly nint _width;
    private readonly nint _inputs;
    private readonly nint _first;
    private NativeFloats? _kept;

    /// <summary>Takes the memory of a pass.</summary>
    /// <param name="memory">Where it comes from.</param>
    /// <param name="weights">The weights, dense in float32.</param>
    /// <param name="pixels">[N, C, H, W], whose sides are multiples of the patch's.</param>
    public PatchPass(TrainingMemory memory, PatchWeights weights, Tensor pixels)
    {
        (_memory, _weights) = (memory, weights);
        var side = weights.Weight.shape[3];
        _images = (nint)pixels.shape[0];
        _patches = (nint)(pixels.shape[2] / side * (pixels.shape[3] / side));
        _width = (nint)weights.Weight.shape[0];
        _inputs = (nint)(weights.Weight.numel() / weights.Weight.shape[0]);
        _first = weights.ClassToken is null ? 0 : 1;
        // Tokens before the norm, [N L, W], and its statistics, [N L, 2].
        _kept = memory.Rent(Rows * (_width + 2));
    }

    private nint Length => _first + _patches;

    private nint Rows => _images * Length;

    private double Multiplications => (double)_images * _patches * _width * _inputs;

    private nint PanelsLength => Panels<TSimd, TVector>.Length(_inputs, _width);

    /// <inheritdoc/>
    public Tensor Forward(Tensor x)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var pixels = TensorMemory.Dense(x);
        var output = empty([_images, Length, _width], ScalarType.Float32);
        var patches = RowsOf(pixels);
        var weight = TensorMemory.Pointer<float>(_weights.Weight);
        var bias = _weights.Bias is null ? null : TensorMemory.Pointer<float>(_weights.Bias);
        var tokens = _kept!.Pointer;
        var target = TensorMemory.Pointer<float>(output);
        var count = _images * _patches;
        var scratch = _memory.Rent(count * (_inputs + _width) + PanelsLength);
        var rows = scratch.Pointer;
        var products = rows + count * _inputs;
        var panels = products + count * _width;
        var norm = _weights.Norm is { } affine ? NormOf(affine) : default;
        KernelThreads.Shared.Run(KernelThreads.SizeFor(Multiplications), team =>
        {
            var share = team.Share(count);
            for (var row = share.First; row < share.End; row++)
                patches.Get(row, rows + row * _inputs);
            Panels<TSimd, TVector>.PackTransposed(team, weight, _inputs, _width, panels);
            team.Barrier();
            PanelProduct<TSimd, TVector>.Compute(team, rows, _inputs, count, _inputs, panels, _width, products, bias, null, default(NoTileEnd));
            team.Barrier();
            var own = team.Share(Rows);
            Place(own, products, tokens);
            if (_weights.Norm is null)
                RowCopy.Copy(tokens + own.First * _width, _width, target + own.First * _width, _width, own.Count, (int)_width);
            else
                norm.Compute(own, target);
        });
        _memory.Return(scratch);
        GC.KeepAlive(pixels);
        return output.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor? SendBack(Tensor x, Tensor gradient)
    {
        if (_kept is null)
            throw new InvalidOperationException("The backward pass through these patches has been done, and what it needs is gone; run the forward pass again.");
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var (pixels, dense) = (TensorMemory.Dense(x), TensorMemory.Dense(gradient));
        var (gain, shift) = (_memory.Gradients.TargetOf(_weights.Norm?.Weight), _memory.Gradients.TargetOf(_weights.Norm?.Bias));
        var (classToken, positions) = (_memory.Gradients.TargetOf(_weights.ClassToken), _memory.Gradients.TargetOf(_weights.Positions));
        var (count, sumsLength) = (_images * _patches, RowNorm<TSimd, TVector>.SumsLength(Rows, _width));
        var linearLength = LinearGradient<TSimd, TVector>.ScratchLength(count, _inputs, _width);
        var threads = KernelThreads.SizeFor(Multiplications);
        var scratch = _memory.Rent((Rows + count) * _width + sumsLength + linearLength + threads * _inputs);
        var tokens = scratch.Pointer;
        var products = tokens + Rows * _width;
        var sums = products + count * _width;
        var rest = sums + sumsLength;
        var from = TensorMemory.Pointer<float>(dense);
        var patches = RowsOf(pixels);
        var linear = new LinearGradient<TSimd, TVector>
        {
            Rows = count,
            Inputs = _inputs,
            Outputs = _width,
            Weight = TensorMemory.Pointer<float>(_weights.Weight),
            Gradients = products,
            WeightGradient = _memory.Gradients.TargetOf(_weights.Weight),
            BiasGradient = _memory.Gradients.TargetOf(_weights.Bias),
            Scratch = rest,
            WantsInput = false,
        };
        var norm = _weights.Norm is { } affine ? NormOf(affine) : default;
        KernelThreads.Shared.Run(threads, team =>
        {
            var ofTokens = from;
            if (_weights.Norm is not null)
            {
                norm.SendBackAlone(team, Rows, from, tokens, sums);
                team.Barrier();
                norm.AddSums(team, Rows, sums, gain, shift);
                ofTokens = tokens;
            }
            var images = team.Share(_images);
            for (var image = images.First; image < images.End; image++)
                RowCopy.Copy(ofTokens + (image * Length + _first) * _width, _width, products + image * _patches * _width, _width, _patches, (int)_width);
            if (classToken.IsWanted && team.Rank == 0)
                RowSums.Add(ofTokens, new SequenceRows(_images, Length), 0, _width, classToken);
            if (positions.IsWanted)
            {
                var own = team.Share(Length);
                for (var token = own.First; token < own.End; token++)
                    RowSums.Add(ofTokens, new SequenceRows(_images, Length), token, _width, positions.From(token * _width));
            }
            team.Barrier();
            linear.Prepare(team, patches, rest + linearLength + team.Rank * _inputs);
            team.Barrier();
            linear.Compute(team, null, default(NoTileEnd));
        });
        _memory.Return(scratch);
        GC.KeepAlive(pixels);
        GC.KeepAlive(dense);
        Dispose();
        return null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_kept is null)
            return;
        _memory.Return(_kept);
        _kept = null;
    }

    private RowNorm<TSimd, TVector> NormOf((Tensor Weight, Tensor Bias) affine) => new(
        _width, TensorMemory.Pointer<float>(affine.Weight), TensorMemory.Pointer<float>(affine.Bias), _weights.Epsilon, _kept!.Pointer,
        _kept.Pointer + Rows * _width);

    private PatchPixels RowsOf(Tensor pixels) => new(
        TensorMemory.Pointer<float>(pixels), (int)pixels.shape[1], (nint)pixels.shape[2], (nint)pixels.shape[3], (int)_weights.Weight.shape[3]);

    // The class token and the patches' products, with their positions.
    private void Place(WorkRange own, float* products, float* tokens)
    {
        var classToken = _weights.ClassToken is null ? null : TensorMemory.Pointer<float>(_weights.ClassToken);
        var positions = TensorMemory.Pointer<float>(_weights.Positions);
        for (var row = own.First; row < own.End; row++)
        {
            var (image, token) = (row / Length, row % Length);
            var source = token < _first ? classToken : products + (image * _patches + token - _first) * _width;
            RowCopy.Copy(source, 0, tokens + row * _width, 0, 1, (int)_width);
            RowArithmetic<TSimd, TVector>.Add(new(0, 1), _width, tokens + row * _width, positions + token * _width);
        }
    }
}
