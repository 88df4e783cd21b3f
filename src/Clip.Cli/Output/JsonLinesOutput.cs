using System.Text;
using Clip.Cli.Files;
using Clip.Shared;

namespace Clip.Cli.Output;

/// <summary>One line {"image" or "text": ..., "embedding": [...]} for each row.</summary>
internal sealed class JsonLinesOutput : EmbeddingOutput
{
    private readonly AtomicFile _file;
    private readonly StreamWriter _writer;

    public JsonLinesOutput(string path)
    {
        _file = OutputFile.Create(path);
        _writer = new StreamWriter(_file.Stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true) { NewLine = "\n" };
    }

    public override void AddImage(string name, ReadOnlySpan<float> vector) => Json.WriteLine(_writer, new JsonFields { ["image"] = name, ["embedding"] = vector.ToArray() });

    public override void AddText(string text, ReadOnlySpan<float> vector) => Json.WriteLine(_writer, new JsonFields { ["text"] = text, ["embedding"] = vector.ToArray() });

    public override void Commit()
    {
        _writer.Dispose();
        _file.Commit();
    }

    public override void Dispose() => _file.Dispose();
}
