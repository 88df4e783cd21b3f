namespace Clip.Models;

/// <summary>One tensor of a checkpoint, and the parameter, or part of one, that it stands for.</summary>
/// <param name="Name">The tensor's name in the checkpoint.</param>
/// <param name="Parameter">The parameter's name in the model.</param>
/// <param name="View">The parameter seen in the checkpoint's shape: a view, so writing to it writes the parameter.</param>
internal sealed record CheckpointKey(string Name, string Parameter, Func<Tensor, Tensor> View);
