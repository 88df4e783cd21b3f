namespace Clip.Benchmarks.Peers.Onnx;

/// <summary>Rewrites a graph with constant weights so that its linear layers are computed in int8, as ONNX Runtime's dynamic quantization does.</summary>
/// <remarks>
/// A product with a weight becomes DynamicQuantizeLinear of the activations, MatMulInteger with a weight in int8, and a multiplication with
/// both scales; ONNX Runtime joins them to one operator. The weights are a <c>ConstantOfShape</c> each: the graph shows speed only.
/// Format: onnx.proto, ModelProto, GraphProto and TensorProto.
/// </remarks>
internal static class DynamicInt8Graph
{
    private const int GraphField = 7;
    private const int NodeField = 1, InitializerField = 5;
    private const int TensorDimensions = 1, TensorType = 2, TensorName = 8, TensorBytes = 9;
    private const int Float32 = 1, Int8 = 3;
    private const sbyte Weight = 3;

    private const string WeightScale = "int8_weight_scale";

    /// <summary>Rewrites a graph.</summary>
    /// <param name="model">The file's content.</param>
    /// <returns>The content of the file of the rewritten graph, and how many products it changed.</returns>
    /// <exception cref="InvalidDataException">A weight serves a product and something else too, or a product is not plain.</exception>
    public static (byte[] Model, int Products) Rewrite(byte[] model)
    {
        var fields = ProtoField.Read(model);
        var graph = fields.FindIndex(field => field.Number == GraphField);
        var parts = ProtoField.Read(fields[graph].Bytes);
        var nodes = parts.Where(part => part.Number == NodeField).Select(part => new OnnxNode(part.Bytes)).ToList();

        var constants = nodes.Where(node => node.Operator == "ConstantOfShape").Select(node => node.Outputs[0]).ToHashSet();
        var products = nodes.Where(node => node.Operator is "MatMul" or "Gemm" && constants.Contains(node.Inputs[1])).ToHashSet();
        var weights = products.Select(node => node.Inputs[1]).ToHashSet();
        if (nodes.Any(node => !products.Contains(node) && node.Inputs.Any(weights.Contains)))
            throw new InvalidDataException("A weight is used by more than a product.");

        var rewritten = nodes.SelectMany(node =>
            products.Contains(node) ? Multiply(node)
            : weights.Contains(node.Outputs[0]) ? [Constant(node)]
            : [node]);
        fields[graph] = ProtoField.Of(GraphField,
        [
            .. rewritten.Select(node => ProtoField.Of(NodeField, node.ToBytes())),
            .. parts.Where(part => part.Number != NodeField),
            ProtoField.Of(
                InitializerField,
                [ProtoField.Of(TensorType, Float32), ProtoField.Of(TensorName, WeightScale), ProtoField.Of(TensorBytes, BitConverter.GetBytes(0.001f))]),
        ]);
        return (ProtoField.Write(fields), products.Count);
    }

    private static OnnxNode Constant(OnnxNode node) => new OnnxNode(node.Operator, node.Inputs, node.Outputs)
        .With("value", [ProtoField.Of(TensorDimensions, 1), ProtoField.Of(TensorType, Int8), ProtoField.Of(TensorBytes, [unchecked((byte)Weight)])]);

    private static IEnumerable<OnnxNode> Multiply(OnnxNode node)
    {
        var (input, weight, output) = (node.Inputs[0], node.Inputs[1], node.Outputs[0]);
        if (node.Operator == "Gemm")
        {
            if (node.GetInteger("transB") != 1 || node.GetInteger("transA") is not (null or 0))
                throw new InvalidDataException("A product is not that of a linear layer.");
            yield return new OnnxNode("Transpose", [weight], $"{output}_weight");
            weight = $"{output}_weight";
        }
        var hasBias = node.Inputs.Length > 2;
        var (quantized, scale, zero) = ($"{output}_quantized", $"{output}_scale", $"{output}_zero");
        yield return new OnnxNode("DynamicQuantizeLinear", [input], quantized, scale, zero);
        yield return new OnnxNode("MatMulInteger", [quantized, weight, zero], $"{output}_sum");
        yield return new OnnxNode("Cast", [$"{output}_sum"], $"{output}_float").With("to", Float32);
        yield return new OnnxNode("Mul", [scale, WeightScale], $"{output}_scales");
        yield return new OnnxNode("Mul", [$"{output}_float", $"{output}_scales"], hasBias ? $"{output}_product" : output);
        if (hasBias)
            yield return new OnnxNode("Add", [$"{output}_product", node.Inputs[2]], output);
    }
}
