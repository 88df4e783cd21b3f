using System.Runtime.InteropServices;

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

    /// <summary>Writes the diagnostic report.</summary>
    public static void Report(string device, Precision precision) => Console.Write(DiagnosticReport.Create(device, precision));

    /// <summary>Says whether the system's own loader finds a libtorch, which an application without one then gets.</summary>
    public static void FindSystemsLibTorch() => Console.WriteLine(NativeLibrary.TryLoad("libtorch_cpu.so", out _));
}
