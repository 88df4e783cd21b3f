namespace Clip.Training.Distributed;

/// <summary>Ranks cannot train together, or no longer: one of them failed, they differ, or what connects them does.</summary>
/// <param name="message">What happened, and what to do about it.</param>
/// <param name="innerException">What caused it.</param>
public sealed class ProcessGroupException(string message, Exception? innerException = null) : Exception(message, innerException);
