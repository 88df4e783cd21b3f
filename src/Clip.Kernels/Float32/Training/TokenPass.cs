using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Operators;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;

namespace Clip.Kernels.Float32.Training;

/// <summary>A pass from token ids to their vectors and those of their positions.</summary>
/// <param name="memory">Where gradients lie.</param>
/// <param name="vectors">The tokens' vectors, [V, W].</param>
/// <param name="positions">The positions' vectors.</param>
/// <param name="sequences">How many tokens of each text there are.</param>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal sealed unsafe class TokenPass<TSimd, TVector>(GradientMemory memory, Tensor vectors, Tensor positions, TokenSequences sequences) : ITrainingPass
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private readonly nint _width = (nint)vectors.shape[1];
    private readonly SequenceRows _rows = SequenceRows.Of(BlockTokens.Of(sequences));

    /// <inheritdoc/>
    public Tensor Forward(Tensor x)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var ids = x.contiguous();
        var length = (nint)ids.shape[1];
        var output = empty([_rows.Tokens, _width], ScalarType.Float32);
        var source = TensorMemory.Pointer<long>(ids);
        var table = TensorMemory.Pointer<float>(vectors);
        var addends = TensorMemory.Pointer<float>(positions);
        var target = TensorMemory.Pointer<float>(output);
        KernelThreads.Shared.Run(KernelThreads.SizeFor((double)_rows.Tokens * _width), team =>
        {
            var share = team.Share(_rows.Count);
            for (var sequence = share.First; sequence < share.End; sequence++)
            {
                for (nint token = 0; token < _rows.LengthOf(sequence); token++)
                {
                    var row = target + (_rows.First(sequence) + token) * _width;
                    RowCopy.Copy(addends + token * _width, 0, row, 0, 1, (int)_width);
                    RowArithmetic<TSimd, TVector>.Add(new(0, 1), _width, row, table + (nint)source[sequence * length + token] * _width);
                }
            }
        });
        GC.KeepAlive(sequences);
        return output.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor? SendBack(Tensor x, Tensor gradient)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var (ids, dense) = (x.contiguous(), TensorMemory.Dense(gradient));
        var (length, vocabulary) = ((nint)ids.shape[1], (nint)vectors.shape[0]);
        var (ofVectors, ofPositions) = (memory.TargetOf(vectors), memory.TargetOf(positions));
        var source = TensorMemory.Pointer<long>(ids);
        var from = TensorMemory.Pointer<float>(dense);
        KernelThreads.Shared.Run(KernelThreads.SizeFor((double)(_rows.Tokens + (ofVectors.Accumulates ? 0 : vocabulary)) * _width), team =>
        {
            if (ofVectors.IsWanted)
                AddVectors(team.Share(vocabulary), source, length, from, ofVectors);
            if (ofPositions.IsWanted)
                AddPositions(team.Share((nint)positions.shape[0]), from, ofPositions);
        });
        GC.KeepAlive(sequences);
        return null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    // A thread adds to its own part of the vocabulary, in the order of the tokens.
    private void AddVectors(WorkRange own, long* ids, nint length, float* gradients, GradientTarget target)
    {
        if (!target.Accumulates)
        {
            for (var id = own.First; id < own.End; id++)
                new Span<float>(target.Elements + id * _width, (int)_width).Clear();
        }
        for (nint sequence = 0; sequence < _rows.Count; sequence++)
        {
            for (nint token = 0; token < _rows.LengthOf(sequence); token++)
            {
                var id = (nint)ids[sequence * length + token];
                if (id >= own.First && id < own.End)
                    RowArithmetic<TSimd, TVector>.Add(new(0, 1), _width, target.Elements + id * _width, gradients + (_rows.First(sequence) + token) * _width);
            }
        }
    }

    private void AddPositions(WorkRange own, float* gradients, GradientTarget target)
    {
        for (var token = own.First; token < own.End; token++)
            RowSums.Add(gradients, _rows, token, _width, target.From(token * _width));
    }
}
