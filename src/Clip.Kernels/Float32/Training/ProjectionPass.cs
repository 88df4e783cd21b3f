using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;

namespace Clip.Kernels.Float32.Training;

/// <summary>A pass through a product of rows with a matrix whose rows are the inputs: Y = X · P.</summary>
/// <param name="memory">Where memory comes from.</param>
/// <param name="matrix">P [W, E], dense in float32.</param>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal sealed unsafe class ProjectionPass<TSimd, TVector>(TrainingMemory memory, Tensor matrix) : ITrainingPass
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private readonly nint _inputs = (nint)matrix.shape[0];
    private readonly nint _outputs = (nint)matrix.shape[1];

    /// <inheritdoc/>
    public Tensor Forward(Tensor x)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var input = TensorMemory.Dense(x);
        var rows = (nint)x.shape[0];
        var output = empty([rows, _outputs], ScalarType.Float32);
        var from = TensorMemory.Pointer<float>(input);
        var to = TensorMemory.Pointer<float>(output);
        var factors = TensorMemory.Pointer<float>(matrix);
        var scratch = memory.Rent(Panels<TSimd, TVector>.Length(_inputs, _outputs));
        var panels = scratch.Pointer;
        KernelThreads.Shared.Run(KernelThreads.SizeFor((double)rows * _inputs * _outputs), team =>
        {
            Panels<TSimd, TVector>.Pack(team, new StoredRows(factors, _outputs), _inputs, _outputs, panels, null);
            team.Barrier();
            PanelProduct<TSimd, TVector>.Compute(team, from, _inputs, rows, _inputs, panels, _outputs, to, null, null, default(NoTileEnd));
        });
        memory.Return(scratch);
        GC.KeepAlive(input);
        return output.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor? SendBack(Tensor x, Tensor gradient)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var (input, dense) = (TensorMemory.Dense(x), TensorMemory.Dense(gradient));
        var rows = (nint)x.shape[0];
        var result = empty(x.shape, ScalarType.Float32);
        var target = memory.Gradients.TargetOf(matrix);
        var features = TensorMemory.Pointer<float>(input);
        var from = TensorMemory.Pointer<float>(dense);
        var to = TensorMemory.Pointer<float>(result);
        var factors = TensorMemory.Pointer<float>(matrix);
        var panelsLength = Panels<TSimd, TVector>.Length(_outputs, _inputs);
        var gradientsLength = Panels<TSimd, TVector>.Length(rows, _outputs);
        var scratch = memory.Rent(panelsLength + gradientsLength + _inputs * rows);
        var panels = scratch.Pointer;                                // of Pᵀ
        var gradients = panels + panelsLength;                       // of dY
        var transposed = gradients + gradientsLength;                // Xᵀ
        KernelThreads.Shared.Run(KernelThreads.SizeFor(2.0 * rows * _inputs * _outputs), team =>
        {
            Panels<TSimd, TVector>.PackTransposed(team, factors, _outputs, _inputs, panels);
            Panels<TSimd, TVector>.Pack(team, new StoredRows(from, _outputs), rows, _outputs, gradients, null);
            var own = team.Share(_inputs);
            Transposition.Copy(features + own.First, _inputs, rows, own.Count, transposed + own.First * rows, rows);
            team.Barrier();
            PanelProduct<TSimd, TVector>.Compute(team, from, _outputs, rows, _outputs, panels, _inputs, to, null, null, default(NoTileEnd));
            if (target.IsWanted)
            {
                PanelProduct<TSimd, TVector>.Compute(
                    team, transposed, rows, _inputs, rows, gradients, _outputs, target.Elements, null, target.Addends, default(NoTileEnd));
            }
        });
        memory.Return(scratch);
        GC.KeepAlive(input);
        GC.KeepAlive(dense);
        return result.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
