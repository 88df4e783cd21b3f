namespace Clip.Embedding;

/// <summary>A batch on its way through the network.</summary>
/// <param name="Batch">The images.</param>
/// <param name="Rows">Their rows.</param>
internal sealed record ImagePass(ImageBatch Batch, Task<float[][]> Rows) : IDisposable
{
    /// <summary>Gives back the memory of a pass that has ended.</summary>
    public void Dispose() => Batch.Dispose();
}
