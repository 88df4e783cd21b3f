using System.Runtime.InteropServices;
using Clip.Runtime.Numerics;

namespace Clip.Runtime.Probe;

/// <summary>What the application can do; each act writes its answer to the console.</summary>
public static class Probes
{
    /// <summary>Computes without touching a type of Clip: only the compiled-in module initializer helps.</summary>
    public static void ComputeWithTorchAlone()
    {
        using var sum = ones(3).sum();
        Console.WriteLine($"sum {sum.item<float>()}");
    }

    /// <summary>Computes after asking Clip to load the libraries.</summary>
    public static void ComputeWithClip()
    {
        try
        {
            TorchLibraries.EnsureLoaded();
            ComputeWithTorchAlone();
        }
        catch (TorchNotFoundException e)
        {
            Console.WriteLine($"{e.GetType().Name}: {e.Message}");
        }
    }

    /// <summary>Computes after another libtorch has been loaded.</summary>
    public static void ComputeAfterAnother(string libTorch)
    {
        NativeLibrary.Load(libTorch);
        ComputeWithClip();
    }

    /// <summary>Finds a device, and says what it found.</summary>
    public static void Resolve(string device)
    {
        try
        {
            Console.WriteLine(ComputeTarget.Resolve(device));
        }
        catch (ComputeTargetException e)
        {
            Console.WriteLine($"{e.GetType().Name}: {e.Message}");
        }
    }

    /// <summary>Convolves, on a processor that hides its caches or shows them; oneDNN writes what it does where ONEDNN_VERBOSE is set.</summary>
    public static void Convolve(bool cachesAreHidden, bool withClip)
    {
        var decided = OneDnnTrust.Decide();
        OneDnnGuard.LimitInstructions(decided with { KnowsCaches = !cachesAreHidden });
        if (withClip)
            TorchLibraries.EnsureLoaded();
        using var scope = NewDisposeScope();
        using var result = nn.functional.conv2d(ones(2, 24, 16, 16), ones(24, 24, 3, 3), padding: [1, 1]);
        Console.WriteLine($"sum {result.sum().item<float>()}, oneDNN {OneDnnReport.Describe(OneDnnGuard.Trust, OneDnnGuard.OffBecause)}");
    }

    /// <summary>Writes the diagnostic report.</summary>
    public static void Report(string device, Precision precision) => Console.Write(DiagnosticReport.Create(device, precision));

    /// <summary>Says whether the system's own loader finds a libtorch, which an application without one then gets.</summary>
    public static void FindSystemsLibTorch() => Console.WriteLine(NativeLibrary.TryLoad("libtorch_cpu.so", out _));
}
