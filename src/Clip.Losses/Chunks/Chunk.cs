using Clip.Shared;

namespace Clip.Losses.Chunks;

/// <summary>Walks over rows, some at a time.</summary>
internal static class Chunk
{
    /// <summary>Computes logits of some rows with all columns, and gives them away to be used up.</summary>
    /// <param name="inputs">What is compared.</param>
    /// <param name="size">Rows at a time.</param>
    /// <param name="use">Takes the first row's index and logits [chunk, M] that it may overwrite.</param>
    public static void ForEach(PairInputs inputs, int size, Action<long, Tensor> use)
    {
        var count = inputs.Images.shape[0];
        for (long start = 0; start < count; start += size)
        {
            using var scope = NewDisposeScope();
            var rows = inputs.Images.narrow(0, start, Math.Min(size, count - start));
            var logits = (rows * inputs.Scale).matmul(inputs.Texts.t());
            if (inputs.Bias is not null)
                logits.AddInPlace(inputs.Bias);
            use(start, logits);
        }
    }
}
