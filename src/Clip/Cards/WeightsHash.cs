using System.Buffers;
using System.Security.Cryptography;
using Clip.Checkpoints;
using Clip.Shared;

namespace Clip;

/// <summary>SHA-256 of weights: of one file, or of the hashes of its shards in the order of their names.</summary>
internal static class WeightsHash
{
    private const int HexDigits = 64;
    private const int BufferBytes = 1 << 20;

    public static string Compute(string path, CancellationToken cancellationToken)
    {
        if (!path.EndsWith(".index.json", StringComparison.Ordinal))
            return OfFile(path, cancellationToken);

        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var hashes = Checkpoint.ReadShardNames(path).Select(shard => OfFile(Path.Combine(folder, shard), cancellationToken));
        return Convert.ToHexStringLower(SHA256.HashData(hashes.SelectMany(Convert.FromHexString).ToArray()));
    }

    private static string OfFile(string path, CancellationToken cancellationToken)
    {
        // A blob of the Hub's cache is named by its hash, which was checked when it came.
        if (File.ResolveLinkTarget(path, returnFinalTarget: true) is { } target
            && target.Name.Length == HexDigits && target.Name.All(char.IsAsciiHexDigitLower)
            && Path.GetFileName(Path.GetDirectoryName(target.FullName)) == "blobs")
        {
            return target.Name;
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var file = RegularFile.OpenRead(path, bufferSize: 0);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            for (int read; (read = file.Read(buffer)) > 0;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                hash.AppendData(buffer, 0, read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
