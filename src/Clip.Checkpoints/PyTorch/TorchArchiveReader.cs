using Clip.Checkpoints.Pickle;
using Clip.Checkpoints.Reading;
using Clip.Checkpoints.Zip;

namespace Clip.Checkpoints.PyTorch;

/// <summary>Reads the archives of <c>torch.save</c> and <c>torch.jit.save</c>: a pickle, and an entry per storage.</summary>
/// <remarks>
/// Of a TorchScript archive only <c>data.pkl</c> and the storages it names are read: neither <c>constants.pkl</c> nor code.
/// </remarks>
internal static class TorchArchiveReader
{
    private const string PickleEntry = "/data.pkl";

    /// <summary>Reads the archive's names, dtypes and shapes.</summary>
    public static CheckpointContents Read(CheckpointFile file)
    {
        var archive = ZipDirectory.Read(file);
        var root = FindRoot(file, archive);
        CheckByteOrder(file, archive, root);

        var isTorchScript = archive.Find($"{root}/constants.pkl") is not null;
        var pickle = archive.Open(archive.Find(root + PickleEntry)!);
        pickle.Verify();
        var input = new PickleInput(file, pickle.Position, pickle.Position + pickle.Length);
        var flattened = PickleFlattener.Flatten(file, PickleReader.Read(input, isTorchScript).Value);

        var blocks = new Dictionary<string, DataBlock>(StringComparer.Ordinal);
        var tensors = PickledTensors.Locate(file, flattened, storage =>
        {
            if (!blocks.TryGetValue(storage.Key, out var block))
                blocks.Add(storage.Key, block = OpenStorage(file, archive, root, storage.Key));
            return block.Length == PickledTensors.ByteLength(storage)
                ? block
                : throw file.Error($"claims {storage.Count:N0} elements for storage {Text.Quote(storage.Key)}, which has {block.Length:N0} bytes.");
        });
        var format = isTorchScript ? CheckpointFormat.TorchScript : CheckpointFormat.PyTorchZip;
        return new CheckpointContents(format, tensors, flattened.Metadata, [file]);
    }

    private static string FindRoot(CheckpointFile file, ZipDirectory archive)
    {
        var roots = archive.Names
            .Where(name => name.EndsWith(PickleEntry, StringComparison.Ordinal) && name.IndexOf('/') == name.Length - PickleEntry.Length)
            .ToList();
        return roots switch
        {
            [var only] => only[..^PickleEntry.Length],
            [] => throw file.Error("is a zip archive without a data.pkl, so neither torch.save nor torch.jit.save wrote it."),
            _ => throw file.Error($"is a zip archive with {roots.Count} data.pkl files; which one is meant is not clear."),
        };
    }

    private static DataBlock OpenStorage(CheckpointFile file, ZipDirectory archive, string root, string key) =>
        archive.Find($"{root}/data/{key}") is { } entry
            ? archive.Open(entry)
            : throw file.Error($"has no entry for storage {Text.Quote(key)}.", "It is damaged; download or save it again.");

    private static void CheckByteOrder(CheckpointFile file, ZipDirectory archive, string root)
    {
        const int LongestName = 16;
        if (archive.Find($"{root}/byteorder") is not { } entry)
            return;
        var block = archive.Open(entry);
        Span<byte> name = stackalloc byte[(int)Math.Min(block.Length, LongestName)];
        block.Read(name, 0);
        if (!name.SequenceEqual("little"u8))
            throw file.Error("was not written on a little-endian machine, which is not supported. Save it again on another machine.");
    }
}
