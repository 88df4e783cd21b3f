namespace Clip.Training.Steps;

/// <summary>A copy of a model's buffers (batch norm's statistics), to undo what a pass did to them.</summary>
internal sealed class NormStatistics : IDisposable
{
    private readonly List<(Tensor Buffer, Tensor Saved)> _buffers;

    public NormStatistics(nn.Module module)
    {
        _buffers = [.. module.named_buffers().Select(entry => (entry.buffer, entry.buffer.clone().DetachFromDisposeScope()))];
    }

    public void Restore()
    {
        using var noGradients = no_grad();
        foreach (var (buffer, saved) in _buffers)
            buffer.copy_(saved);
    }

    public void Dispose()
    {
        foreach (var (_, saved) in _buffers)
            saved.Dispose();
    }
}
