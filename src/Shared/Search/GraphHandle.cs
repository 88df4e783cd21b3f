using System.Runtime.InteropServices;

namespace Clip.Shared.Search;

/// <summary>A graph of USearch's in its own memory.</summary>
internal sealed class GraphHandle : SafeHandle
{
    /// <summary>An empty graph.</summary>
    /// <param name="options">Its sizes; none for one that is read from a file.</param>
    public GraphHandle(in USearchLibrary.GraphOptions options)
        : base(0, ownsHandle: true)
    {
        SetHandle(USearchLibrary.Create(options, out var error));
        USearchLibrary.Check(error);
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        USearchLibrary.Free(handle, out var error);
        return error == 0;
    }
}
