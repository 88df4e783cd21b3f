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
    public static void Report() => Console.Write(DiagnosticReport.Create());
}
