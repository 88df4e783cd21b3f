using System.Numerics;
using Clip.Checkpoints.Reading;

namespace Clip.Checkpoints.Pickle;

/// <summary>Runs the instructions of one pickle, building plain values only.</summary>
/// <remarks>
/// A pickle is a program for a stack machine; Python lets it call any function. This machine knows the handful of names in
/// <see cref="PickleGlobals"/>, for which <see cref="PickleBuilder"/> builds data, and refuses every other one.
/// </remarks>
internal sealed class PickleReader
{
    private const int NewestProtocol = 5;

    private readonly PickleInput _input;
    private readonly PickleStack _stack;
    private readonly PickleBuilder _builder;
    private readonly Dictionary<uint, object?> _memo = [];
    private readonly bool _isTorchScript;

    private PickleReader(PickleInput input, bool isTorchScript)
    {
        _input = input;
        _stack = new PickleStack(input);
        _builder = new PickleBuilder(input);
        _isTorchScript = isTorchScript;
    }

    /// <summary>Reads the pickle that starts at the input's position and leaves the input behind it.</summary>
    /// <param name="input">The bytes.</param>
    /// <param name="isTorchScript">Whether the classes of a TorchScript archive may be named.</param>
    /// <returns>Its value, and every storage it refers to, used or not.</returns>
    public static (object? Value, IReadOnlyList<PickleStorage> Storages) Read(PickleInput input, bool isTorchScript = false)
    {
        var reader = new PickleReader(input, isTorchScript);
        return (reader.Run(), reader._builder.Storages);
    }

    private object? Run()
    {
        var start = _input.Position;
        for (var operations = 0; ; operations++)
        {
            if (operations == PickleLimits.Operations || _input.Position - start > PickleLimits.Bytes)
            {
                throw _input.Error($"is longer than {PickleLimits.Operations:N0} instructions or {PickleLimits.Bytes:N0} bytes; "
                    + "save tensors rather than long Python lists");
            }
            var opcode = (PickleOpcode)_input.ReadByte();
            if (opcode == PickleOpcode.Stop)
                return _stack.Pop();
            Execute(opcode);
        }
    }

    private void Execute(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Proto: CheckProtocol(); break;
            case PickleOpcode.Frame: CheckFrame(); break;

            case PickleOpcode.None: _stack.Push(null); break;
            case PickleOpcode.NewTrue: _stack.Push(true); break;
            case PickleOpcode.NewFalse: _stack.Push(false); break;
            case PickleOpcode.BinInt: _stack.Push((long)_input.ReadInt32()); break;
            case PickleOpcode.BinInt1: _stack.Push((long)_input.ReadByte()); break;
            case PickleOpcode.BinInt2: _stack.Push((long)_input.ReadUInt16()); break;
            case PickleOpcode.Long1: _stack.Push(ReadInteger(_input.ReadByte())); break;
            case PickleOpcode.Long4: _stack.Push(ReadInteger(_input.ReadUInt32())); break;
            case PickleOpcode.BinFloat: _stack.Push(_input.ReadDouble()); break;

            case PickleOpcode.ShortBinString: _stack.Push(_input.ReadText(_input.ReadByte())); break;
            case PickleOpcode.BinString: _stack.Push(_input.ReadText(_input.ReadUInt32())); break;
            case PickleOpcode.ShortBinUnicode: _stack.Push(_input.ReadText(_input.ReadByte())); break;
            case PickleOpcode.BinUnicode: _stack.Push(_input.ReadText(_input.ReadUInt32())); break;
            case PickleOpcode.BinUnicode8: _stack.Push(_input.ReadText(_input.ReadUInt64())); break;
            case PickleOpcode.ShortBinBytes: _stack.Push(ReadBytes(_input.ReadByte())); break;
            case PickleOpcode.BinBytes: _stack.Push(ReadBytes(_input.ReadUInt32())); break;
            case PickleOpcode.BinBytes8: _stack.Push(ReadBytes(_input.ReadUInt64())); break;
            case PickleOpcode.ByteArray8: _stack.Push(ReadBytes(_input.ReadUInt64())); break;

            case PickleOpcode.EmptyTuple: PushSequence(PickleSequenceKind.Tuple, []); break;
            case PickleOpcode.Tuple: PushSequence(PickleSequenceKind.Tuple, _stack.PopToMark()); break;
            case PickleOpcode.Tuple1: PushSequence(PickleSequenceKind.Tuple, _stack.PopMany(1)); break;
            case PickleOpcode.Tuple2: PushSequence(PickleSequenceKind.Tuple, _stack.PopMany(2)); break;
            case PickleOpcode.Tuple3: PushSequence(PickleSequenceKind.Tuple, _stack.PopMany(3)); break;
            case PickleOpcode.EmptyList: PushSequence(PickleSequenceKind.List, []); break;
            case PickleOpcode.Append: Extend(PickleSequenceKind.List, _stack.PopMany(1)); break;
            case PickleOpcode.Appends: Extend(PickleSequenceKind.List, _stack.PopToMark()); break;
            case PickleOpcode.EmptySet: PushSequence(PickleSequenceKind.Set, []); break;
            case PickleOpcode.AddItems: Extend(PickleSequenceKind.Set, _stack.PopToMark()); break;
            case PickleOpcode.FrozenSet: PushSequence(PickleSequenceKind.Set, _stack.PopToMark()); break;
            case PickleOpcode.EmptyDict: _stack.Push(new PickleDictionary()); break;
            case PickleOpcode.SetItem: SetItems(_stack.PopMany(2)); break;
            case PickleOpcode.SetItems: SetItems(_stack.PopToMark()); break;

            case PickleOpcode.Mark: _stack.Mark(); break;
            case PickleOpcode.Pop: _stack.PopValueOrMark(); break;
            case PickleOpcode.PopMark: _stack.PopToMark(); break;
            case PickleOpcode.Dup: _stack.Push(_stack.Top()); break;

            case PickleOpcode.BinPut: _memo[_input.ReadByte()] = _stack.Top(); break;
            case PickleOpcode.LongBinPut: _memo[_input.ReadUInt32()] = _stack.Top(); break;
            case PickleOpcode.Memoize: _memo[(uint)_memo.Count] = _stack.Top(); break;
            case PickleOpcode.BinGet: PushMemo(_input.ReadByte()); break;
            case PickleOpcode.LongBinGet: PushMemo(_input.ReadUInt32()); break;

            case PickleOpcode.Global: PushGlobal(_input.ReadLine(), _input.ReadLine()); break;
            case PickleOpcode.StackGlobal: PushStackGlobal(); break;
            case PickleOpcode.BinPersId: _stack.Push(_builder.Storage(_stack.Pop())); break;
            case PickleOpcode.Reduce: Reduce(); break;
            case PickleOpcode.NewObj: NewObject(); break;
            case PickleOpcode.Build: SetState(); break;

            default:
                throw _input.ErrorAt(_input.Position - 1, $"uses the instruction 0x{(byte)opcode:X2}, which no checkpoint needs");
        }
    }

    private void CheckProtocol()
    {
        var protocol = _input.ReadByte();
        if (protocol > NewestProtocol)
            throw _input.Error($"uses protocol {protocol}; the newest known is {NewestProtocol}");
    }

    private void CheckFrame()
    {
        var length = _input.ReadUInt64();
        if (length > (ulong)_input.Remaining)
            throw _input.Error($"has a frame of {length:N0} bytes, but {_input.Remaining:N0} are left");
    }

    private object ReadInteger(uint length)
    {
        var value = new BigInteger(_input.ReadBytes(length, PickleLimits.IntegerBytes));
        return value >= long.MinValue && value <= long.MaxValue ? (long)value : value;
    }

    private byte[] ReadBytes(ulong length) => _input.ReadBytes(length, PickleLimits.StringBytes);

    private void PushSequence(PickleSequenceKind kind, List<object?> items) => _stack.Push(new PickleSequence(kind, items));

    private void Extend(PickleSequenceKind kind, List<object?> items)
    {
        var sequence = _stack.Top<PickleSequence>("a list or set");
        if (sequence.Kind != kind)
            throw _input.Error("adds to a sequence of another kind");
        sequence.Items.AddRange(items);
    }

    private void SetItems(List<object?> items)
    {
        if (items.Count % 2 != 0)
            throw _input.Error("sets a dictionary key without a value");
        var dictionary = _stack.Top<PickleDictionary>("a dictionary");
        for (var i = 0; i < items.Count; i += 2)
            dictionary.Entries.Add(new(items[i], items[i + 1]));
    }

    private void PushMemo(uint index)
    {
        if (!_memo.TryGetValue(index, out var value))
            throw _input.Error($"refers to the value {index}, which it has not stored");
        _stack.Push(value);
    }

    private void PushStackGlobal()
    {
        var name = _stack.Pop<string>("a class name");
        PushGlobal(_stack.Pop<string>("a module name"), name);
    }

    private void PushGlobal(string module, string name)
    {
        _stack.Push(PickleGlobals.Find(module, name, _isTorchScript) ?? throw _input.Error(
            $"asks for the Python object {Text.Quote($"{module}.{name}")}, which is not allowed. {PickleGlobals.Remedy(module)}"));
    }

    private void Reduce()
    {
        var arguments = _stack.Pop<PickleSequence>("a tuple of arguments");
        var global = _stack.Pop<PickleGlobal>("a Python name");
        _stack.Push(_builder.Call(global, arguments.Items));
    }

    private void NewObject()
    {
        var arguments = _stack.Pop<PickleSequence>("a tuple of arguments");
        var global = _stack.Pop<PickleGlobal>("a Python class");
        _stack.Push(global.Kind == PickleGlobalKind.ScriptObject && arguments.Items.Count == 0
            ? new PickleObject()
            : throw _input.Error($"makes an object of {Text.Quote(global.Name)}, which is not supported"));
    }

    private void SetState()
    {
        var state = _stack.Pop();
        _builder.SetState(_stack.Top(), state);
    }
}
