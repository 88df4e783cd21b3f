using Clip.Checkpoints.Tests.Support;

namespace Clip.Checkpoints.Tests.Pickle;

[NoTensorLeaks]
public sealed class PickleReaderTests
{
    private static readonly byte[] TwoFloats = [0, 0, 128, 63, 0, 0, 0, 64];

    [Fact]
    public void Open_SameNameTwice_IsRefused()
    {
        // {"a": {"b": 1}, "a.b": 2}
        var pickle = PickleBytes.Proto().EmptyDict().Mark()
            .Text("a").EmptyDict().Text("b").Int(1).SetItem()
            .Text("a.b").Int(2).SetItems().Stop();

        var error = OpenFails(pickle);

        Assert.Contains("'a.b'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_KeysOneAndText1_AreRefused()
    {
        var pickle = PickleBytes.Proto().EmptyDict().Mark().Int(1).Int(5).Text("1").Int(6).SetItems().Stop();

        OpenFails(pickle);
    }

    [Fact]
    public void Open_ScriptClassOutsideTorchScript_IsRefused()
    {
        var pickle = PickleBytes.Proto().Global("__torch__.model", "Net").EmptyTuple().NewObj().Stop();

        Assert.Contains("__torch__.model.Net", OpenFails(pickle).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_ModuleThatIsItsOwnState_IsRefused()
    {
        var pickle = PickleBytes.Proto().Global("__torch__.model", "Net").EmptyTuple().NewObj().BinPut(0).BinGet(0).Build().Stop();

        OpenFails(pickle, isTorchScript: true);
    }

    [Fact]
    public void Open_StateOfADictionary_IsNotAmongItsItems()
    {
        var pickle = PickleBytes.Proto().EmptyDict().Text("a").Int(1).SetItem().EmptyDict().Text("_metadata").Int(2).SetItem().Build().Stop();

        using var folder = new TemporaryFolder();
        using var checkpoint = Checkpoint.Open(folder.Write("a.pt", TorchArchive.From(pickle)));

        Assert.Equal(new Dictionary<string, string> { ["a"] = "1" }, checkpoint.Metadata);
    }

    [Fact]
    public void Open_OnlyATensor_AsksForADictionary()
    {
        var pickle = PickleBytes.Proto().Tensor("FloatStorage", "0", 2, 0, [2], [1]).Stop();

        Assert.Contains("Save a dictionary", OpenFails(pickle).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_ListOfTensors_NamesThemByPosition()
    {
        var pickle = PickleBytes.Proto().EmptyList().Tensor("FloatStorage", "0", 2, 0, [2], [1]).Append().Stop();
        using var folder = new TemporaryFolder();
        using var checkpoint = Checkpoint.Open(folder.Write("a.pt", TorchArchive.From(pickle, ("0", TwoFloats))));

        Assert.Equal(["0"], checkpoint.Tensors.Keys);
    }

    [Theory]
    [InlineData("torch.storage", "UntypedStorage", 8)]
    [InlineData("torch", "UntypedStorage", 8)]
    public void ReadTensor_UntypedStorage_TakesTheDTypeOfTheTensor(string module, string storage, int bytes)
    {
        var pickle = PickleBytes.Proto().EmptyDict().Text("w").Global("torch._utils", "_rebuild_tensor_v3")
            .Mark().Storage(storage, "0", bytes, module).Int(1).Ints(3).Ints(1).Raw(0x89).EmptyDict().Global("torch", "uint16").Tuple().Reduce()
            .SetItem().Stop();
        using var folder = new TemporaryFolder();
        using var checkpoint = Checkpoint.Open(folder.Write("a.pt", TorchArchive.From(pickle, ("0", [9, 9, 1, 0, 0xFF, 0xFF, 0, 0x80]))));
        using var read = checkpoint.ReadTensor("w");

        Assert.Equal(ScalarType.Int32, checkpoint.Tensors["w"].DType);
        Assert.Equal([1, 65535, 32768], read.data<int>().ToArray());
    }

    [Fact]
    public void ReadTensor_Parameter_IsItsTensor()
    {
        var pickle = PickleBytes.Proto().EmptyDict().Text("w").Global("torch._utils", "_rebuild_parameter")
            .Mark().Tensor("FloatStorage", "0", 2, 0, [2], [1]).Raw(0x88).EmptyDict().Tuple().Reduce().SetItem().Stop();
        using var folder = new TemporaryFolder();
        using var checkpoint = Checkpoint.Open(folder.Write("a.pt", TorchArchive.From(pickle, ("0", TwoFloats))));
        using var read = checkpoint.ReadTensor("w");

        Assert.Equal([1f, 2f], read.data<float>().ToArray());
        Assert.False(read.requires_grad);
    }

    [Fact]
    public void ReadTensor_TwoViewsOfADamagedStorage_AreBothRefused()
    {
        var pickle = PickleBytes.Proto().EmptyDict().Mark()
            .Text("first").Tensor("FloatStorage", "0", 2, 0, [1], [1])
            .Text("second").Tensor("FloatStorage", "0", 2, 1, [1], [1]).SetItems().Stop();
        var bytes = TorchArchive.From(pickle, ("0", TwoFloats));
        bytes[bytes.AsSpan().IndexOf(TwoFloats)]++;
        using var folder = new TemporaryFolder();
        using var checkpoint = Checkpoint.Open(folder.Write("a.pt", bytes));

        Assert.Throws<CheckpointException>(() => checkpoint.ReadTensor("first"));
        Assert.Throws<CheckpointException>(() => checkpoint.ReadTensor("second"));
    }

    [Fact]
    public void Open_CopiesOfALongText_StopAtTheLimit()
    {
        // One text of a million characters, encoded to bytes a thousand times by a few bytes of pickle each.
        var pickle = PickleBytes.Proto().Text(new string('x', 1_000_000)).BinPut(0).EmptyList();
        for (var i = 0; i < 1000; i++)
            pickle.Global("_codecs", "encode").Mark().BinGet(0).Text("latin1").Tuple().Reduce().Append();

        var before = GC.GetAllocatedBytesForCurrentThread();
        OpenFails(pickle.Stop());

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000_000);
    }

    [Fact]
    public void Open_ListsOfALongList_ShareItsItems()
    {
        var pickle = PickleBytes.Proto().EmptyList().BinPut(0).Mark();
        for (var i = 0; i < 20_000; i++)
            pickle.Raw((byte)'N');
        pickle.Raw((byte)'e').EmptyList();
        for (var i = 0; i < 20_000; i++)
            pickle.Global("builtins", "list").Mark().BinGet(0).Tuple().Reduce().Append();

        var before = GC.GetAllocatedBytesForCurrentThread();
        OpenFails(pickle.Stop());

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000_000);
    }

    [Fact]
    public void Open_TooManyInstructions_IsRefusedQuickly()
    {
        var pickle = PickleBytes.Proto().Raw(Enumerable.Repeat((byte)']', 5 << 20).ToArray()).Stop();

        Assert.Contains("instructions", OpenFails(pickle).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_TextThatIsNotUtf8_IsRefused()
    {
        var pickle = PickleBytes.Proto().EmptyDict().Op('X').Raw(1, 0, 0, 0, 0xFF).Int(1).SetItem().Stop();

        Assert.Contains("UTF-8", OpenFails(pickle).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_StorageOfAnotherDType_IsRefused()
    {
        // A float64 tensor over a storage of eight bytes that claims to be two floats.
        var pickle = PickleBytes.Proto().EmptyDict().Text("w").Global("torch._utils", "_rebuild_tensor_v3")
            .Mark().Storage("FloatStorage", "0", 2).Int(0).Ints(2).Ints(1).Raw(0x89).EmptyDict().Global("torch", "float64").Tuple().Reduce()
            .SetItem().Stop();

        OpenFails(pickle);
    }

    [Fact]
    public void Open_PlainPickle_SaysThatTorchSaveDidNotWriteIt()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("a.pkl", PickleBytes.Proto().EmptyDict().Stop());

        var error = Assert.Throws<CheckpointException>(() => Checkpoint.Open(path));

        Assert.Contains("bare pickle", error.Message, StringComparison.Ordinal);
    }

    private static CheckpointException OpenFails(byte[] pickle, bool isTorchScript = false)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("a.pt", TorchArchive.From(pickle, isTorchScript, ("0", TwoFloats)));
        return Assert.Throws<CheckpointException>(() => Checkpoint.Open(path));
    }
}
