using Clip.Shared.ParquetFiles;

namespace Clip.Training.Tests.Data;

/// <summary>Structs of Thrift's compact protocol, written by hand: a field is its step and type, then its value.</summary>
public sealed class ThriftCheckTests
{
    [Fact]
    public void Struct_AsDeclared_IsReadToItsEnd()
    {
        // Name "ab", two children; then what belongs to no struct.
        var (position, numbers) = Check("SchemaElement", 0x48, 2, (byte)'a', (byte)'b', 0x15, 4, 0, 99);

        Assert.Equal(7, position);
        Assert.Equal([("SchemaElement", 2L)], numbers.Select(found => (found.Name, found.Numbers[5])));
    }

    [Fact]
    public void Struct_FieldOfALaterVersion_IsPassedOver()
    {
        // Field 120 is a string, field 119 true.
        var (position, _) = Check("KeyValue", 0x08, 0xF0, 1, 1, (byte)'x', 0x01, 0xEE, 1, 0);

        Assert.Equal(9, position);
    }

    [Theory]
    [InlineData("it ends early", "KeyValue", new byte[] { 0x18, 1, (byte)'a' })]
    [InlineData("a string is longer than the bytes", "KeyValue", new byte[] { 0x18, 100, (byte)'a', 0 })]
    [InlineData("a length is negative", "KeyValue", new byte[] { 0x18, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0 })]
    [InlineData("a list of ten million in nine bytes", "ColumnMetaData", new byte[] { 0x29, 0xF5, 0x80, 0xAD, 0xE2, 0x04, 2, 2, 0 })]
    [InlineData("a list has other elements", "ColumnMetaData", new byte[] { 0x29, 0x18, 1, (byte)'a', 0 })]
    [InlineData("a number is a string", "PageHeader", new byte[] { 0x18, 1, (byte)'a', 0 })]
    [InlineData("a number is too large for its type", "PageHeader", new byte[] { 0x15, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 0 })]
    [InlineData("a number never ends", "ColumnMetaData", new byte[] { 0x56, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0 })]
    [InlineData("an unknown field is a struct", "KeyValue", new byte[] { 0xFC, 0, 0 })]
    [InlineData("an unknown field is a list", "KeyValue", new byte[] { 0xF9, 0x05, 0 })]
    [InlineData("a type that is none", "KeyValue", new byte[] { 0x1F, 0 })]
    public void Struct_OtherThanDeclared_ThrowsInvalidDataException(string what, string name, byte[] bytes)
    {
        Assert.NotEmpty(what);
        Assert.Throws<InvalidDataException>(() => Check(name, bytes));
    }

    [Fact]
    public void Struct_ManyEmptyStructs_AreRefusedBeyondTheLimit()
    {
        // A list of five million structs, each its stop byte.
        byte[] start = [0x29, 0xFC, 0xC0, 0x96, 0xB1, 0x02];

        Assert.Contains("more than 4,000,000 structs", Assert.Throws<InvalidDataException>(() => Check("FileMetaData", [.. start, .. new byte[5_000_001]])).Message);
    }

    private static (int Position, List<(string Name, long[] Numbers)> Numbers) Check(string name, params byte[] bytes)
    {
        var found = new List<(string, long[])>();
        var check = new ThriftCheck(bytes, (name, numbers) => found.Add((name, numbers.ToArray())));
        check.Struct(name);
        return (check.Position, found);
    }
}
