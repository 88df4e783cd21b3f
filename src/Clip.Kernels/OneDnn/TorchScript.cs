using System.IO.Compression;
using System.Text;
using Clip.Shared;

namespace Clip.Kernels.OneDnn;

/// <summary>Compiles TorchScript source into a module, and calls it.</summary>
/// <remarks>
/// TorchSharp's own compiler sees the operators of the namespace aten alone. The loader of saved modules sees all that libtorch has,
/// so the source is handed over as such a file: a zip archive of a few hundred bytes, with the source under code/ and two pickles,
/// one for an object of the class and one for its constants. Such a module may hold tensors in a list that is empty at first.
/// Format: PyTorch, torch/csrc/jit/docs/serialization.md.
/// </remarks>
internal static class TorchScript
{
    /// <summary>Name of the attribute that holds the module's tensors.</summary>
    public const string Weights = "weights";

    // The newest version that libtorch writes: operators mean what they mean today.
    private const string FormatVersion = "10";

    /// <summary>Compiles a class whose methods may use the list of tensors <c>self.weights</c>.</summary>
    /// <param name="name">The name of the class.</param>
    /// <param name="methods">Its methods in TorchScript, indented by two blanks; <c>self</c> is of type <c>__torch__.name</c>.</param>
    /// <exception cref="System.Runtime.InteropServices.ExternalException">The source has an error, or libtorch lacks an operator of it.</exception>
    public static jit.ScriptModule Compile(string name, string methods) => jit.load(Archive(name, methods), DeviceType.CPU, -1);

    /// <summary>Calls a method of a compiled class.</summary>
    /// <remarks>Numbers become <see cref="Scalar"/>s here: TorchSharp would let go of its own before they are read, as <see cref="TensorArithmetic"/> says.</remarks>
    /// <param name="module">The class.</param>
    /// <param name="method">The method's name.</param>
    /// <param name="arguments">Tensors and whole numbers.</param>
    public static T Call<T>(this jit.ScriptModule module, string method, params object[] arguments)
    {
        var held = Array.ConvertAll(arguments, argument => argument is long number ? (Scalar)number : argument);
        try
        {
            return module.invoke<T>(method, held);
        }
        finally
        {
            foreach (var scalar in held.OfType<Scalar>())
                scalar.Dispose();
        }
    }

    private static byte[] Archive(string name, string methods)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(zip, "data.pkl", PickleObject(name));
            Add(zip, "constants.pkl", [0x80, 2, (byte)')', (byte)'.']);
            Add(zip, "code/__torch__.py", Encoding.UTF8.GetBytes(Source(name, methods)));
            Add(zip, "version", Encoding.ASCII.GetBytes(FormatVersion + "\n"));
        }
        return bytes.ToArray();
    }

    private static void Add(ZipArchive zip, string path, byte[] content)
    {
        using var stream = zip.CreateEntry($"kernel/{path}", CompressionLevel.NoCompression).Open();
        stream.Write(content);
    }

    // The parser wants line feeds, also where the compiler of this file saw others, and one behind the last line.
    private static string Source(string name, string methods) =>
        $"""
        class {name}(Module):
          __parameters__ = []
          __buffers__ = []
          training : bool
          {Weights} : List[Tensor]
        {methods}

        """.ReplaceLineEndings("\n") + "\n";

    // Protocol 2: object.__new__(__torch__.Name), then its state {"training": False, "weights": []}.
    private static byte[] PickleObject(string name) =>
    [
        0x80, 2,
        .. Encoding.ASCII.GetBytes($"c__torch__\n{name}\n"), (byte)')', 0x81,
        (byte)'}', (byte)'(',
        .. Text("training"), 0x89,
        .. Text(Weights), .. "ctorch.jit._pickle\nbuild_tensorlist\n"u8, (byte)']', 0x85, (byte)'R',
        (byte)'u', (byte)'b', (byte)'.',
    ];

    private static byte[] Text(string text) => [(byte)'X', .. BitConverter.GetBytes(text.Length), .. Encoding.ASCII.GetBytes(text)];
}
