// Finds the edits of src/Clip.Runtime/Native/AdaptedTorchSharp.cs for another version of TorchSharp:
//
//   dotnet run eng/adapted-torchsharp.cs ~/.nuget/packages/torchsharp/VERSION/runtimes/linux-x64/native/libLibTorchSharp.so
//
// Prints the entry for KnownFiles, or why the file cannot be adapted as the class describes it. ELF: TIS, "Executable and Linking Format
// Specification", version 1.2; symbol versions: Linux Standard Base Core 5.0, section 10.7.

using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

if (args.Length != 1)
{
    Console.Error.WriteLine("Give the path of libLibTorchSharp.so.");
    return 2;
}
var file = File.ReadAllBytes(args[0]);
if (file.Length < 64 || !file.AsSpan(0, 6).SequenceEqual((byte[])[0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1]))
{
    Console.Error.WriteLine($"'{args[0]}' is no 64-bit little-endian ELF file.");
    return 1;
}

const string OldInit = "_ZSt21ios_base_library_initv";
const string NewInit = "_ZNSt8ios_base4InitC1Ev";
const int StringTable = 3, VersionNeeds = 0x6FFFFFFE, DynamicSymbols = 11;

var sections = Sections().ToArray();
var symbols = sections.Single(section => section.Type == DynamicSymbols);
var strings = sections[symbols.Link];
if (strings.Type != StringTable)
    throw new InvalidDataException("The table of dynamic symbols names no table of strings.");
var table = file.AsSpan(strings.Offset, strings.Size);
var init = table.IndexOf(Encoding.ASCII.GetBytes(OldInit + "\0"));
if (init < 0)
{
    Console.WriteLine($"The library does not ask for {OldInit}: it may need no adapted copy. Run tests/Clip.Runtime.Tests without one.");
    return 1;
}

var needs = sections.Single(section => section.Type == VersionNeeds);
var entries = Versions(needs.Offset).ToDictionary(entry => entry.Name);
Console.WriteLine($"        [\"{Convert.ToHexString(SHA256.HashData(file))}\"] =");
Console.WriteLine("        [");
Console.WriteLine("            // .dynstr: the function's name, padded with zeros.");
var padding = string.Concat(Enumerable.Repeat("\\0", OldInit.Length + 1 - NewInit.Length));
Console.WriteLine($"            new({Number(strings.Offset + init)}, [.. \"{OldInit}\\0\"u8], [.. \"{NewInit}{padding}\"u8]),");
Rename("GLIBCXX_3.4.32", "GLIBCXX_3.4", "the hash and the name of entry GLIBCXX_3.4.32 become those of entry GLIBCXX_3.4.");
Rename("GLIBCXX_3.4.30", "GLIBCXX_3.4.11", "likewise from entry GLIBCXX_3.4.30 to entry GLIBCXX_3.4.11.");
Console.WriteLine("        ],");
return 0;

void Rename(string from, string to, string why)
{
    if (!entries.TryGetValue(from, out var old) || !entries.TryGetValue(to, out var other))
        throw new InvalidDataException($"The library asks for {string.Join(", ", entries.Keys)}: there is no {from} or no {to} among them.");
    Console.WriteLine();
    Console.WriteLine($"            // .gnu.version_r: {why}");
    // An entry is: hash (4 bytes), flags (2), number (2), name (4), next (4).
    foreach (var place in (int[])[0, 8])
        Console.WriteLine($"            new({Number(old.Offset + place)}, {Bytes(old.Offset + place)}, {Bytes(other.Offset + place)}),");
}

static string Number(int value) => value.ToString("N0", System.Globalization.CultureInfo.InvariantCulture).Replace(',', '_');

string Bytes(int offset) => $"[{string.Join(", ", file.AsSpan(offset, 4).ToArray().Select(value => $"0x{value:X2}"))}]";

IEnumerable<(int Type, int Offset, int Size, int Link)> Sections()
{
    var start = (int)BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(0x28));
    var (size, count) = (BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(0x3A)), BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(0x3C)));
    for (var i = 0; i < count; i++)
    {
        var header = start + (i * size);
        yield return (Int(header + 4), (int)Long(header + 24), (int)Long(header + 32), Int(header + 40));
    }
}

IEnumerable<(string Name, int Offset)> Versions(int need)
{
    while (true)
    {
        var entry = need + Int(need + 8);
        for (var i = BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(need + 2)); i > 0; i--)
        {
            var name = Name(Int(entry + 8));
            if (name.StartsWith("GLIBCXX_", StringComparison.Ordinal))
                yield return (name, entry);
            entry += Int(entry + 12);
        }
        if (Int(need + 12) == 0)
            yield break;
        need += Int(need + 12);
    }
}

string Name(int offset)
{
    var rest = file.AsSpan(strings.Offset + offset);
    return Encoding.ASCII.GetString(rest[..rest.IndexOf((byte)0)]);
}

int Int(int offset) => BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(offset));

long Long(int offset) => BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(offset));
