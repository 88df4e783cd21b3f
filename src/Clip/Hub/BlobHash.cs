using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Clip.Hub;

/// <summary>The hash by which the Hub names a file's content, computed while the content passes by.</summary>
/// <remarks>
/// Large files are named by the sha256 of their bytes, those that git holds itself by git's own hash: the sha1 of
/// "blob {size}\0" and the bytes (Pro Git, section 10.2, "Git Objects").
/// </remarks>
internal sealed class BlobHash : IDisposable
{
    private readonly HubFile _file;
    private readonly IncrementalHash _hash;

    /// <summary>Starts with no bytes.</summary>
    public BlobHash(HubFile file)
    {
        _file = file;
        _hash = IncrementalHash.CreateHash(file.Etag.Length == HubNames.Sha1Digits ? HashAlgorithmName.SHA1 : HashAlgorithmName.SHA256);
        Restart();
    }

    /// <summary>Forgets what was appended.</summary>
    public void Restart()
    {
        _hash.GetHashAndReset(stackalloc byte[_hash.HashLengthInBytes]);
        if (_hash.AlgorithmName == HashAlgorithmName.SHA1)
            _hash.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {_file.Size}\0")));
    }

    /// <summary>Takes the next bytes of the file.</summary>
    public void Append(ReadOnlySpan<byte> bytes) => _hash.AppendData(bytes);

    /// <summary>Whether the bytes so far are the whole file.</summary>
    public bool IsComplete() => Convert.ToHexStringLower(_hash.GetCurrentHash()) == _file.Etag;

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();
}
