namespace Clip.Shared.Tar;

/// <summary>An entry of a tar file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Length">Bytes of its data.</param>
/// <param name="IsFile">Whether it is a file rather than a folder, a link or the like.</param>
/// <param name="IsSparse">Whether its data are those of a sparse file, which are not the bytes of the file.</param>
internal readonly record struct TarEntry(string Name, long Length, bool IsFile, bool IsSparse);
