namespace Clip.Hub;

/// <summary>A file of a repository as the Hub announces it; everything in it has been checked.</summary>
/// <param name="Path">Its path in the repository, with forward slashes.</param>
/// <param name="Commit">The commit it was found in.</param>
/// <param name="Etag">The sha256 of its bytes, or the hash git gives it: 64 or 40 digits.</param>
/// <param name="Size">Its size in bytes.</param>
internal sealed record HubFile(string Path, string Commit, string Etag, long Size);
