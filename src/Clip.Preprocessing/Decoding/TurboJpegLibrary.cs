using System.Runtime.InteropServices;

namespace Clip.Preprocessing.Decoding;

/// <summary>The functions of the system's libturbojpeg, where it has one.</summary>
internal sealed unsafe class TurboJpegLibrary
{
    private static readonly string[] Names = OperatingSystem.IsWindows() ? ["turbojpeg.dll"]
        : OperatingSystem.IsMacOS() ? ["libturbojpeg.0.dylib", "libturbojpeg.dylib"]
        : ["libturbojpeg.so.0"];

    private readonly nint _library;

    private TurboJpegLibrary(nint library, string name)
    {
        _library = library;
        Name = name;
        Create = (delegate* unmanaged[Cdecl]<nint>)Export("tjInitDecompress");
        Destroy = (delegate* unmanaged[Cdecl]<nint, int>)Export("tjDestroy");
        ReadHeader = (delegate* unmanaged[Cdecl]<nint, byte*, CULong, int*, int*, int*, int*, int>)Export("tjDecompressHeader3");
        Decompress = (delegate* unmanaged[Cdecl]<nint, byte*, CULong, byte*, int, int, int, int, int, int>)Export("tjDecompress2");
        GetErrorText = (delegate* unmanaged[Cdecl]<nint, byte*>)Export("tjGetErrorStr2");
    }

    public string Name { get; }

    /// <summary>Makes a decompressor.</summary>
    public delegate* unmanaged[Cdecl]<nint> Create { get; }

    /// <summary>Releases a decompressor.</summary>
    public delegate* unmanaged[Cdecl]<nint, int> Destroy { get; }

    /// <summary>Reads width, height, chroma subsampling and color space.</summary>
    public delegate* unmanaged[Cdecl]<nint, byte*, CULong, int*, int*, int*, int*, int> ReadHeader { get; }

    /// <summary>Decodes into memory: file, its length, pixels, width, stride, height, pixel format, flags.</summary>
    public delegate* unmanaged[Cdecl]<nint, byte*, CULong, byte*, int, int, int, int, int, int> Decompress { get; }

    /// <summary>The last error or warning in words.</summary>
    public delegate* unmanaged[Cdecl]<nint, byte*> GetErrorText { get; }

    /// <summary>Loads the library; null where there is none, or one too old for these functions.</summary>
    public static TurboJpegLibrary? TryLoad()
    {
        foreach (var name in Names)
        {
            if (!NativeLibrary.TryLoad(name, typeof(TurboJpegLibrary).Assembly, null, out var library))
                continue;
            try
            {
                return new TurboJpegLibrary(library, name);
            }
            catch (EntryPointNotFoundException)
            {
                NativeLibrary.Free(library);
            }
        }
        return null;
    }

    private nint Export(string name) => NativeLibrary.GetExport(_library, name);
}
