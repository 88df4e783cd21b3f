using System.Buffers.Binary;
using System.Text;

namespace Clip.Checkpoints.Tests.Support;

/// <summary>Assembles pickles instruction by instruction; method names are Python's opcode names.</summary>
internal sealed class PickleBytes
{
    private readonly MemoryStream _bytes = new();

    public static PickleBytes Proto(byte version = 2) => new PickleBytes().Raw(0x80, version);

    public PickleBytes Raw(params byte[] bytes)
    {
        _bytes.Write(bytes);
        return this;
    }

    public PickleBytes Op(char opcode) => Raw((byte)opcode);

    public PickleBytes Mark() => Op('(');

    public PickleBytes Tuple() => Op('t');

    public PickleBytes EmptyTuple() => Op(')');

    public PickleBytes EmptyList() => Op(']');

    public PickleBytes EmptyDict() => Op('}');

    public PickleBytes SetItem() => Op('s');

    public PickleBytes SetItems() => Op('u');

    public PickleBytes Append() => Op('a');

    public PickleBytes Reduce() => Op('R');

    public PickleBytes Build() => Op('b');

    public PickleBytes NewObj() => Raw(0x81);

    public PickleBytes BinPut(byte index) => Op('q').Raw(index);

    public PickleBytes BinGet(byte index) => Op('h').Raw(index);

    public PickleBytes Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        return Op('X').Raw(length).Raw(bytes);
    }

    public PickleBytes Int(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return Op('J').Raw(bytes);
    }

    public PickleBytes Global(string module, string name) => Op('c').Raw(Encoding.ASCII.GetBytes($"{module}\n{name}\n"));

    /// <summary>A tuple of integers.</summary>
    public PickleBytes Ints(params int[] values)
    {
        Mark();
        foreach (var value in values)
            Int(value);
        return Tuple();
    }

    /// <summary>A reference to a storage.</summary>
    public PickleBytes Storage(string type, string key, int count, string module = "torch", string location = "cpu") =>
        Mark().Text("storage").Global(module, type).Text(key).Text(location).Int(count).Tuple().Op('Q');

    /// <summary>A tensor over a storage, as torch.save writes it.</summary>
    public PickleBytes Tensor(string storageType, string key, int count, int offset, int[] sizes, int[] strides) =>
        Global("torch._utils", "_rebuild_tensor_v2")
            .Mark().Storage(storageType, key, count).Int(offset).Ints(sizes).Ints(strides).Raw(0x89)
            .Global("collections", "OrderedDict").EmptyTuple().Reduce().Tuple().Reduce();

    public byte[] Stop() => Op('.')._bytes.ToArray();
}
