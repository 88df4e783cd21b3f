namespace Clip.Models;

/// <summary>How the patches of a NaFlex tower become one feature vector; registers are left out.</summary>
public enum NaFlexPooling
{
    /// <summary>A learned query attends to all patches, behind the last norm; as in SigLIP.</summary>
    Attention,

    /// <summary>The mean of all patches, before the last norm.</summary>
    Average,
}
