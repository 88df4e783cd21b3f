using Clip.Kernels.Contracts;
using Clip.Kernels.Weights;

namespace Clip.Models;

/// <summary>Moves the blocks of a transformer into a kernel.</summary>
internal static class TransformerPacking
{
    /// <summary>Moves blocks one after the other, so that no two of them are in memory twice; the blocks are disposed.</summary>
    /// <param name="kernel">Takes the weights; disposed if that fails.</param>
    /// <param name="blocks">The blocks.</param>
    /// <param name="weights">A block's weights, in a dispose scope.</param>
    /// <param name="rows">Tokens that usually pass together.</param>
    /// <returns>The kernel.</returns>
    public static ITransformerKernel Fill<TBlock>(ITransformerKernel kernel, IList<TBlock> blocks, Func<TBlock, BlockWeights> weights, long rows)
        where TBlock : nn.Module
    {
        try
        {
            for (var i = 0; i < blocks.Count; i++)
            {
                using var noGradients = no_grad();
                using var scope = NewDisposeScope();
                kernel.Append(weights(blocks[i]), isLast: i == blocks.Count - 1, rows);
                blocks[i].Dispose();
            }
            return kernel;
        }
        catch
        {
            kernel.Dispose();
            throw;
        }
    }
}
