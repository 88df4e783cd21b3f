namespace Clip.Benchmarks.Peers.Onnx;

/// <summary>A node of an ONNX graph.</summary>
/// <remarks>Format: onnx.proto, NodeProto and AttributeProto.</remarks>
internal sealed class OnnxNode
{
    private const int InputField = 1, OutputField = 2, OperatorField = 4, AttributeField = 5;
    private const int AttributeName = 1, AttributeInteger = 3, AttributeTensor = 5, AttributeType = 20;
    private const int IntegerType = 2, TensorType = 4;

    private readonly List<ProtoField> _rest;

    /// <summary>Reads a node.</summary>
    public OnnxNode(ReadOnlyMemory<byte> message)
    {
        var fields = ProtoField.Read(message);
        Operator = fields.Single(field => field.Number == OperatorField).Text;
        Inputs = Texts(InputField);
        Outputs = Texts(OutputField);
        _rest = fields.FindAll(field => field.Number is not (InputField or OutputField or OperatorField));

        string[] Texts(int number) => [.. fields.Where(field => field.Number == number).Select(field => field.Text)];
    }

    /// <summary>Makes a node.</summary>
    public OnnxNode(string name, string[] inputs, params string[] outputs)
    {
        (Operator, Inputs, Outputs, _rest) = (name, inputs, outputs, []);
    }

    /// <summary>What it computes.</summary>
    public string Operator { get; }

    /// <summary>The names of its inputs.</summary>
    public string[] Inputs { get; }

    /// <summary>The names of its outputs.</summary>
    public string[] Outputs { get; }

    /// <summary>The value of an attribute; null where it has none of the name.</summary>
    public long? GetInteger(string name)
    {
        foreach (var attribute in _rest.Where(field => field.Number == AttributeField).Select(field => ProtoField.Read(field.Bytes)))
        {
            if (attribute.Any(field => field.Number == AttributeName && field.Text == name))
                return attribute.Where(field => field.Number == AttributeInteger).Select(field => field.Value).FirstOrDefault();
        }
        return null;
    }

    /// <summary>Adds an attribute.</summary>
    public OnnxNode With(string name, long value) => With(name, ProtoField.Of(AttributeInteger, value), IntegerType);

    /// <summary>Adds an attribute.</summary>
    public OnnxNode With(string name, IEnumerable<ProtoField> tensor) => With(name, ProtoField.Of(AttributeTensor, tensor), TensorType);

    /// <summary>Writes the node.</summary>
    public byte[] ToBytes() => ProtoField.Write(
    [
        .. Inputs.Select(input => ProtoField.Of(InputField, input)),
        .. Outputs.Select(output => ProtoField.Of(OutputField, output)),
        ProtoField.Of(OperatorField, Operator),
        .. _rest,
    ]);

    private OnnxNode With(string name, ProtoField value, int type)
    {
        _rest.Add(ProtoField.Of(AttributeField, [ProtoField.Of(AttributeName, name), value, ProtoField.Of(AttributeType, type)]));
        return this;
    }
}
