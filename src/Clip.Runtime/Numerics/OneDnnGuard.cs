using Clip.Runtime.Native;

namespace Clip.Runtime.Numerics;

/// <summary>Keeps oneDNN from computing in this process where it cannot be trusted.</summary>
/// <remarks>
/// The limit on instructions is set before libtorch is used, and reaches whatever calls oneDNN. It is slow; so, once libtorch is loaded, libtorch is
/// also told not to call oneDNN: its own convolutions, on MKL's products, take about as long as oneDNN's with the widest instructions.
/// </remarks>
internal static class OneDnnGuard
{
    private static readonly Lock s_gate = new();
    private static OneDnnTrust? s_trust;

    /// <summary>What was decided for this process.</summary>
    public static OneDnnTrust Trust
    {
        get
        {
            lock (s_gate)
                return s_trust ??= OneDnnTrust.Decide();
        }
    }

    /// <summary>Why libtorch does not call oneDNN, as a clause; null where it may.</summary>
    public static string? OffBecause { get; private set; }

    /// <summary>Limits the instructions of oneDNN if it has to be; of use before libtorch convolves for the first time.</summary>
    public static void LimitInstructions() => LimitInstructions(Trust);

    /// <summary>The same by another decision, which holds from now on.</summary>
    internal static void LimitInstructions(OneDnnTrust trust)
    {
        lock (s_gate)
            s_trust = trust;
        if (trust.MustBeLimited)
            ProcessEnvironment.Set(OneDnnTrust.Variable, OneDnnTrust.SafeInstructions);
    }

    /// <summary>Turns oneDNN off in the loaded libtorch if it has to be limited.</summary>
    public static void TurnOffWhereLimited()
    {
        if (Trust.MustBeLimited)
            TurnOff("the processor does not describe its caches, by which oneDNN divides its work");
    }

    /// <summary>Turns oneDNN off in the loaded libtorch.</summary>
    /// <param name="reason">Why, as a clause.</param>
    /// <returns>Whether it is off.</returns>
    public static bool TurnOff(string reason)
    {
        lock (s_gate)
        {
            if (OffBecause is not null)
                return true;
            if (!OneDnnSwitch.TurnOff())
                return false;
            OffBecause = reason;
            return true;
        }
    }
}
