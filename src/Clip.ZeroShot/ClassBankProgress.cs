namespace Clip.ZeroShot;

/// <summary>How far the making of a class bank has come.</summary>
/// <param name="PromptsCompleted">Prompts that are embedded; equal ones are counted once.</param>
/// <param name="PromptsTotal">Prompts to embed.</param>
/// <param name="PromptsPerSecond">Mean speed since the start.</param>
public readonly record struct ClassBankProgress(long PromptsCompleted, long PromptsTotal, double PromptsPerSecond);
