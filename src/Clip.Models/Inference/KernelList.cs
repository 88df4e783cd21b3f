namespace Clip.Models;

/// <summary>Kernels that are disposed together, also where making a later one fails.</summary>
internal sealed class KernelList : IDisposable
{
    private readonly List<IDisposable> _kernels = [];

    /// <summary>Makes what is packed of these kernels; disposes them if it fails.</summary>
    /// <param name="pack">Adds kernels to the list and makes the packed tower.</param>
    public static T Fill<T>(Func<KernelList, T> pack)
    {
        var kernels = new KernelList();
        try
        {
            return pack(kernels);
        }
        catch
        {
            kernels.Dispose();
            throw;
        }
    }

    /// <summary>Adds a kernel.</summary>
    /// <param name="kernel">The kernel; null where there is none.</param>
    public T Add<T>(T kernel)
        where T : IDisposable?
    {
        if (kernel is not null)
            _kernels.Add(kernel);
        return kernel;
    }

    /// <inheritdoc/>
    public void Dispose() => _kernels.ForEach(kernel => kernel.Dispose());
}
