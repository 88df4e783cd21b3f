using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using Clip.Checkpoints.Pickle;
using Clip.Checkpoints.Reading;

namespace Clip.Checkpoints.PyTorch;

/// <summary>Reads what <c>torch.save</c> wrote before PyTorch 1.6: five pickles, then the storages one after another.</summary>
/// <remarks>
/// The pickles are a magic number, a protocol version, the machine's properties, the object and the storages' keys. Each
/// storage is its number of elements, in eight bytes, and the elements.
/// </remarks>
internal static class TorchLegacyReader
{
    private const long ProtocolVersion = 1001;

    private static readonly BigInteger Magic = BigInteger.Parse("1950a86a20f9469cfc6c", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    /// <summary>Reads the file's names, dtypes and shapes.</summary>
    public static CheckpointContents Read(CheckpointFile file)
    {
        var input = new PickleInput(file, 0, file.Length);
        if (PickleReader.Read(input).Value is not BigInteger magic || magic != Magic)
            throw file.Error("is a bare pickle, not something that torch.save wrote. Load it where it was written and use torch.save.");
        if (PickleReader.Read(input).Value is not ProtocolVersion)
            throw file.Error($"is a PyTorch file of another protocol than {ProtocolVersion}.");
        CheckMachine(file, PickleReader.Read(input).Value);

        var (root, storages) = PickleReader.Read(input);
        var flattened = PickleFlattener.Flatten(file, root);
        var blocks = LocateStorages(file, input, storages);
        var tensors = PickledTensors.Locate(file, flattened, storage => blocks[storage.Key]);
        return new CheckpointContents(CheckpointFormat.PyTorchLegacy, tensors, flattened.Metadata, [file]);
    }

    private static void CheckMachine(CheckpointFile file, object? properties)
    {
        if (properties is not PickleDictionary dictionary)
            throw file.Error("is a PyTorch file without the properties of the machine that wrote it.");
        if (dictionary.Entries.Any(entry => entry is { Key: "little_endian", Value: not true }))
            throw file.Error("was not written on a little-endian machine, which is not supported. Save it again on another machine.");
    }

    private static Dictionary<string, DataBlock> LocateStorages(CheckpointFile file, PickleInput input, IReadOnlyList<PickleStorage> storages)
    {
        var claims = new Dictionary<string, PickleStorage>(StringComparer.Ordinal);
        foreach (var storage in storages)
        {
            if (!claims.TryAdd(storage.Key, storage) && (claims[storage.Key].Count != storage.Count || claims[storage.Key].Element != storage.Element))
                throw file.Error($"describes storage {Text.Quote(storage.Key)} in two ways.");
        }

        if (PickleReader.Read(input).Value is not PickleSequence { Kind: PickleSequenceKind.List } keys)
            throw file.Error("is a PyTorch file without the list of its storages.");

        var blocks = new Dictionary<string, DataBlock>(StringComparer.Ordinal);
        var position = input.Position;
        foreach (var key in keys.Items)
        {
            if (key is not string name || !claims.TryGetValue(name, out var claim) || blocks.ContainsKey(name))
                throw file.Error("lists a storage that no tensor uses, or one twice.");
            var block = LocateStorage(file, claim, position);
            blocks.Add(name, block);
            position = block.Position + block.Length;
        }

        if (claims.Keys.FirstOrDefault(key => !blocks.ContainsKey(key)) is { } missing)
            throw file.Error($"does not hold storage {Text.Quote(missing)}.", "It is damaged; download or save it again.");
        if (position != file.Length)
            throw file.Error($"has {file.Length - position:N0} bytes after its last storage.");
        return blocks;
    }

    private static DataBlock LocateStorage(CheckpointFile file, PickleStorage claim, long position)
    {
        Span<byte> countBytes = stackalloc byte[sizeof(long)];
        file.Read(countBytes, position);
        var count = BinaryPrimitives.ReadInt64LittleEndian(countBytes);
        if (count != claim.Count)
            throw file.Error($"holds {count:N0} elements of storage {Text.Quote(claim.Key)} at byte {position:N0}, but claims {claim.Count:N0}.");

        position += sizeof(long);
        return PickledTensors.ByteLength(claim) is { } length && length <= file.Length - position
            ? new DataBlock(file, claim.Key, position, length)
            : throw file.Error($"ends inside storage {Text.Quote(claim.Key)}, which starts at byte {position:N0}.", "It is cut off; download it again.");
    }
}
