namespace Clip.Checkpoints;

/// <summary>How a checkpoint is stored; found from the file's content, never from its name.</summary>
public enum CheckpointFormat
{
    /// <summary>One safetensors file: a JSON header, then the tensors' bytes.</summary>
    Safetensors,

    /// <summary>A zip archive written by <c>torch.save</c> since PyTorch 1.6.</summary>
    PyTorchZip,

    /// <summary>A sequence of pickles written by <c>torch.save</c> before PyTorch 1.6.</summary>
    PyTorchLegacy,

    /// <summary>An archive written by <c>torch.jit.save</c>, such as OpenAI's original models; its code is never read.</summary>
    TorchScript,

    /// <summary>A JSON index that names the file of each tensor, as Hugging Face writes for large models.</summary>
    Sharded,
}
