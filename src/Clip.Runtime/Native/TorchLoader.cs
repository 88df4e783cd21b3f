using Clip.Runtime.Numerics;

namespace Clip.Runtime.Native;

/// <summary>Loads TorchSharp once, after checking that its libraries are there.</summary>
/// <remarks>
/// Checked first, because TorchSharp by itself prints its whole search to the console before it throws.
/// </remarks>
internal static class TorchLoader
{
    private static readonly Lock Gate = new();
    private static volatile bool _loaded;

    public static void EnsureLoaded()
    {
        if (_loaded)
            return;

        lock (Gate)
        {
            if (_loaded)
                return;

            TorchLibraries.Register();
            LibraryResolver.LoadLibTorch();
            if (MissingLibraries.Find() is { } problem)
                throw new TorchNotFoundException(problem);

            try
            {
                InitializeDeviceType(DeviceType.CPU);
            }
            catch (Exception e) when (e is TypeInitializationException or NotSupportedException or DllNotFoundException)
            {
                throw new TorchNotFoundException(new("TorchSharp did not start.", NativePackages.Remedy), e);
            }
            OneDnnGuard.TurnOffWhereLimited();
            _loaded = true;
        }
    }
}
