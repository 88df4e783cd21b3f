namespace Clip.Runtime;

/// <summary>TorchSharp's native libraries are missing or cannot be loaded on this machine.</summary>
/// <remarks>The message names the package to add for this operating system, or the reason the library did not load.</remarks>
public sealed class TorchNotFoundException : DllNotFoundException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is missing and what to add.</param>
    /// <param name="innerException">What the loader said, if anything.</param>
    public TorchNotFoundException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
