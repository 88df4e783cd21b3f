using System.Runtime.InteropServices;

namespace Clip.Cli;

/// <summary>Turns Ctrl-C and SIGTERM into requests to end. SIGINT that the parent has set to be ignored stays ignored.</summary>
internal sealed class ProcessSignals : IDisposable
{
    private readonly PosixSignalRegistration[] _registrations;

    /// <summary>Begins to listen.</summary>
    /// <param name="interruption">What is asked to end.</param>
    public ProcessSignals(Interruption interruption)
    {
        _registrations = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle)];

        void Handle(PosixSignalContext context)
        {
            context.Cancel = true;
            interruption.Request();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
    }
}
