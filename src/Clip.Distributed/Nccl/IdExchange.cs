using System.Security.Cryptography;
using System.Text.Json;
using Clip.Shared;
using Clip.Training.Distributed;

namespace Clip.Distributed.Nccl;

/// <summary>Gives the bytes of the first rank to the others by files in a folder that all have.</summary>
/// <remarks>
/// Files of an earlier job may still lie there. So each rank writes a number that it has drawn, and takes only an id beside which its number stands;
/// the first rank writes the id with the numbers that it sees, again when one changes, until every rank has taken its number away.
/// </remarks>
/// <param name="folder">The folder.</param>
/// <param name="rank">This rank.</param>
/// <param name="worldSize">How many ranks there are.</param>
/// <param name="patience">How long to wait for the others.</param>
internal sealed class IdExchange(string folder, int rank, int worldSize, TimeSpan patience)
{
    private const int LongestFile = 1 << 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly DateTime _end = DateTime.UtcNow + patience;
    private readonly string _path = Path.Combine(Path.GetFullPath(folder), "nccl");

    private string IdPath => Path.Combine(_path, "id.json");

    /// <summary>Exchanges the bytes.</summary>
    /// <param name="draw">Makes them, on the first rank.</param>
    /// <exception cref="ProcessGroupException">Other ranks did not come.</exception>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    public byte[] Exchange(Func<byte[]> draw)
    {
        Directory.CreateDirectory(_path);
        return rank == 0 ? Give(draw()) : Take();
    }

    private byte[] Give(byte[] id)
    {
        var seen = new Dictionary<int, string>();
        var taken = new HashSet<int>();
        while (taken.Count < worldSize - 1)
        {
            var isNew = false;
            for (var other = 1; other < worldSize; other++)
            {
                if (Read(NumberPath(other)) is { } number)
                {
                    isNew |= !seen.TryGetValue(other, out var before) || before != number;
                    seen[other] = number;
                    taken.Remove(other);
                }
                else if (seen.ContainsKey(other))
                {
                    taken.Add(other);
                }
            }
            if (isNew)
                Write(IdPath, JsonSerializer.SerializeToUtf8Bytes(new GivenId(id, [.. seen.Values]), GivenIdJson.Default.GivenId));
            if (taken.Count < worldSize - 1)
                Wait(() => $"ranks {string.Join(", ", Enumerable.Range(1, worldSize - 1).Where(other => !taken.Contains(other)).Take(20))}");
        }
        File.Delete(IdPath);
        return id;
    }

    private byte[] Take()
    {
        var own = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        Write(NumberPath(rank), System.Text.Encoding.ASCII.GetBytes(own));
        try
        {
            while (true)
            {
                if (Read(IdPath) is { } text && Parse(text) is { } given && given.Numbers.Contains(own, StringComparer.Ordinal))
                    return given.Id;
                Wait(() => "rank 0");
            }
        }
        finally
        {
            File.Delete(NumberPath(rank));
        }
    }

    private string NumberPath(int other) => Path.Combine(_path, $"rank-{other}");

    private void Wait(Func<string> missing)
    {
        if (DateTime.UtcNow >= _end)
        {
            throw new ProcessGroupException(
                $"Rank {rank} of {worldSize} waited {patience.TotalSeconds:0} s for {missing()} in '{_path}'. Have all ranks this folder, and were {worldSize} processes started?");
        }
        Thread.Sleep(Pause);
    }

    private static GivenId? Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, GivenIdJson.Default.GivenId) is { Id.Length: NcclUniqueId.Bytes, Numbers: not null } given ? given : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // Null also for what is in the way; the waiting has an end.
    private static string? Read(string path)
    {
        try
        {
            var file = new FileInfo(path);
            return !file.Exists || file.Length > LongestFile || RegularFile.FindProblem(path) is not null ? null : File.ReadAllText(path);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static void Write(string path, byte[] content) => AtomicFile.Write(path, stream => stream.Write(content));
}
