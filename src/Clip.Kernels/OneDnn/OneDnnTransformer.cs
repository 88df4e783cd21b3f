using System.Diagnostics;
using Clip.Kernels.Contracts;
using Clip.Kernels.Weights;
using Clip.Shared;

namespace Clip.Kernels.OneDnn;

/// <summary>A stack of pre-norm transformer blocks for inference on a CPU, in one call of libtorch.</summary>
/// <remarks>
/// <para>
/// Linear layers have their weights packed for oneDNN and compute activation and residual addition in the same pass over memory.
/// Where only one token per sequence is wanted, the last block queries, projects and transforms that token alone.
/// </para>
/// <para>It computes the equations of the trained blocks in another order of summation and has no gradients.</para>
/// </remarks>
internal sealed class OneDnnTransformer : ITransformerKernel
{
    // Every layer has two.
    private const int Pair = 2;

    // Before all blocks: cosines and sines of what turns queries and keys.
    private const int TensorsOfRotary = Pair;

    private readonly jit.ScriptModule _module;
    private readonly TransformerShape _shape;

    /// <summary>Makes a stack without blocks.</summary>
    /// <param name="shape">What the blocks have in common.</param>
    public OneDnnTransformer(TransformerShape shape)
    {
        _shape = shape;
        _module = TorchScript.Compile("Transformer", OneDnnLinearMethods.Methods("__torch__.Transformer", shape.Activation) + "\n" + Methods(shape));
        if (shape.Rotary is not { } rotary)
            return;
        using var scope = NewDisposeScope();
        var (cosines, sines) = rotary.ToTensors(ScalarType.Float32, CPU);
        _module.Call<object>("append", cosines);
        _module.Call<object>("append", sines);
    }

    /// <summary>Appends a block; its weights are copied into packed form.</summary>
    /// <param name="block">The weights.</param>
    /// <param name="isLast">Whether none follows.</param>
    /// <param name="rows">Tokens of all sequences that usually pass together; weights are packed for that.</param>
    public void Append(BlockWeights block, bool isLast, long rows)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        if (_shape.Rotary is { HalvesArePairs: false })
            block = block.WithSplitPairs(_shape.Heads);
        var width = block.OutputWeight.shape[0];

        // x · sigmoid(β x) is swish(β x) / β: the factor goes into the layer before, its inverse into the one after.
        var before = _shape.Activation.Kind == ActivationKind.Swish ? _shape.Activation.Coefficient : 1;
        var after = 1 / before;
        Debug.Assert(!(_shape.Gated || _shape.InnerNorms) || before == 1, "The inverse cannot pass a gate or a norm.");

        if (!_shape.NormsBehind)
            Plain(block.AttentionNorm);
        if (isLast)
        {
            Packed(block.InputWeight.narrow(0, 0, width), block.InputBias.narrow(0, 0, width));
            Packed(block.InputWeight.narrow(0, width, 2 * width), block.InputBias.narrow(0, width, 2 * width));
        }
        else
        {
            Packed(block.InputWeight, block.InputBias);
        }
        if (block.HeadsNorm is { } headsNorm)
            Plain(headsNorm);
        Packed(Scaled(block.OutputWeight, block.AttentionScale, 1), Scaled(block.OutputBias, block.AttentionScale, 1));
        if (_shape.NormsBehind)
            Plain(block.AttentionNorm);
        else
            Plain(block.MlpNorm);
        if (block.GateWeight is { } gate)
        {
            Packed(gate, block.GateBias!);
            Packed(block.ExpandWeight, block.ExpandBias);
        }
        else
        {
            Packed(Scaled(block.ExpandWeight, null, before), Scaled(block.ExpandBias, null, before));
        }
        if (block.HiddenNorm is { } hiddenNorm)
            Plain(hiddenNorm);
        Packed(Scaled(block.ContractWeight, block.MlpScale, after), Scaled(block.ContractBias, block.MlpScale, 1));
        if (_shape.NormsBehind)
            Plain(block.MlpNorm);

        void Plain((Tensor Weight, Tensor Bias) norm)
        {
            _module.Call<object>("append", norm.Weight.clone());
            _module.Call<object>("append", norm.Bias.clone());
        }

        void Packed(Tensor weight, Tensor bias)
        {
            _module.Call<object>("append_weight", weight.contiguous(), rows);
            _module.Call<object>("append", bias.clone());
        }
    }

    /// <inheritdoc/>
    public Tensor Forward(Tensor x, Tensor? mask) => Run(x, mask, positions: null, aloneBlocks: 0);

    /// <inheritdoc/>
    public Tensor ForwardAt(Tensor x, Tensor positions, Tensor? mask)
    {
        if (!_shape.HasShortcut)
            return ChosenTokens.Of(Forward(x, mask), positions);
        // To the module, no positions mean all.
        return positions.numel() == 0 ? x.new_empty([0, x.shape[2]]) : Run(x, mask, positions, aloneBlocks: 0);
    }

    /// <inheritdoc/>
    public Tensor ForwardAlone(Tensor x, Tensor? mask, int blocks) => Run(x, mask, positions: null, blocks);

    /// <inheritdoc/>
    public void Dispose() => _module.Dispose();

    private Tensor Run(Tensor x, Tensor? mask, Tensor? positions, int aloneBlocks)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var none = zeros(0);
        return _module.Call<Tensor>("forward", x, Repeated(mask, x.shape[0]) ?? none, positions ?? none, (long)aloneBlocks).MoveToOuterDisposeScope();
    }

    // One plane of the mask for each sequence.
    private static Tensor? Repeated(Tensor? mask, long sequences) =>
        mask is null || mask.shape[0] == sequences ? mask : mask.repeat(sequences / mask.shape[0], 1, 1, 1);

    // Rows of the weight are output channels: a gain on the outputs goes into rows and bias.
    private static Tensor Scaled(Tensor tensor, Tensor? gain, double factor)
    {
        if (gain is null && factor == 1)
            return tensor;
        var precise = tensor.to(ScalarType.Float32).Times(factor);
        if (gain is not null)
            precise = precise * (tensor.dim() == 2 ? gain.unsqueeze(1) : gain);
        return precise.to(tensor.dtype);
    }

    private static string Queries(TransformerShape shape, string name) => shape.Rotary is null ? $"self.split({name})" : $"self.turn(self.split({name}))";

    private static string Methods(TransformerShape shape)
    {
        var layout = new Layout(shape);
        return FormattableString.Invariant($$"""
          def append(self: __torch__.Transformer, tensor: Tensor) -> int:
            weights = self.weights
            _ = torch.append(weights, tensor)
            return torch.len(weights)
          def norm(self: __torch__.Transformer, x: Tensor, i: int) -> Tensor:
            return torch.layer_norm(x, [torch.size(x, -1)], self.weights[i], self.weights[i + 1], {{shape.NormEpsilon:R}})
          def split(self: __torch__.Transformer, x: Tensor) -> Tensor:
            return torch.transpose(torch.unflatten(x, -1, [{{shape.Heads}}, -1]), 1, 2)
          def turn(self: __torch__.Transformer, x: Tensor) -> Tensor:
            halves = torch.chunk(x, 2, -1)
            a = torch.sub(torch.mul(halves[0], self.weights[0]), torch.mul(halves[1], self.weights[1]))
            b = torch.add(torch.mul(halves[1], self.weights[0]), torch.mul(halves[0], self.weights[1]))
            return torch.type_as(torch.cat([a, b], -1), x)
          def attend(self: __torch__.Transformer, q: Tensor, k: Tensor, v: Tensor, mask: Optional[Tensor], causal: bool) -> Tensor:
            a = torch.scaled_dot_product_attention({{Queries(shape, "q")}}, {{Queries(shape, "k")}}, self.split(v), mask, 0., causal)
            return torch.flatten(torch.transpose(a, 1, 2), 2)
          def added(self: __torch__.Transformer, branch: Tensor, x: Tensor, i: int) -> Tensor:
            return {{(shape.NormsBehind ? "torch.add(x, self.norm(self.linear(branch, i), i + 2))" : "self.linear_added(branch, x, i)")}}
          def finish(self: __torch__.Transformer, x: Tensor, attended: Tensor, i: int) -> Tensor:
            x = self.added({{(shape.InnerNorms ? "self.norm(attended, i)" : "attended")}}, x, i + {{layout.Output}})
            y = {{(shape.NormsBehind ? "x" : $"self.norm(x, i + {layout.MlpNorm})")}}
            hidden = self.linear_activated(y, i + {{layout.Expand}})
            {{(shape.Gated ? $"hidden = torch.mul(hidden, self.linear(y, i + {layout.Expand + Pair}))" : "hidden = hidden")}}
            {{(shape.InnerNorms ? $"hidden = self.norm(hidden, i + {layout.Contract - Pair})" : "hidden = hidden")}}
            return self.added(hidden, x, i + {{layout.Contract}})
          def block(self: __torch__.Transformer, x: Tensor, mask: Optional[Tensor], causal: bool, i: int) -> Tensor:
            inputs = torch.chunk(self.linear({{layout.Normed}}, i + {{layout.Input}}), 3, -1)
            return self.finish(x, self.attend(inputs[0], inputs[1], inputs[2], mask, causal), i + {{layout.Input + Pair}})
          def last_block(self: __torch__.Transformer, x: Tensor, mask: Optional[Tensor], causal: bool, positions: Tensor, i: int) -> Tensor:
            y = {{layout.Normed}}
            inputs = torch.chunk(self.linear(y, i + {{layout.Input + Pair}}), 2, -1)
            if torch.numel(positions) > 0:
              y = torch.unsqueeze(self.at(y, positions), 1)
              x = torch.unsqueeze(self.at(x, positions), 1)
            return self.finish(x, self.attend(self.linear(y, i + {{layout.Input}}), inputs[0], inputs[1], mask, causal), i + {{layout.Input + 2 * Pair}})
          def at(self: __torch__.Transformer, x: Tensor, positions: Tensor) -> Tensor:
            first = torch.arange(0, torch.size(x, 0) * torch.size(x, 1), torch.size(x, 1))
            return torch.index_select(torch.flatten(x, 0, 1), 0, torch.add(positions, first))
          def block_alone(self: __torch__.Transformer, x: Tensor, i: int) -> Tensor:
            values = torch.chunk(self.linear({{layout.Normed}}, i + {{layout.Input}}), 3, -1)[2]
            return self.finish(x, values, i + {{layout.Input + Pair}})
          def last_block_alone(self: __torch__.Transformer, x: Tensor, i: int) -> Tensor:
            values = torch.chunk(self.linear({{layout.Normed}}, i + {{layout.Input + Pair}}), 2, -1)[1]
            return self.finish(x, values, i + {{layout.Input + 2 * Pair}})
          def forward(self: __torch__.Transformer, x: Tensor, mask: Tensor, positions: Tensor, alone: int) -> Tensor:
            last = torch.len(self.weights) - {{layout.LastBlock}}
            given: Optional[Tensor] = None
            if torch.numel(mask) > 0:
              given = mask
            causal = {{(shape.Causal ? "True" : "False")}} and given is None
            for i in range({{(shape.Rotary is null ? 0 : TensorsOfRotary)}}, last, {{layout.Block}}):
              if last - i < alone * {{layout.Block}}:
                x = self.block_alone(x, i)
              else:
                x = self.block(x, given, causal, i)
            if alone > 0:
              return self.last_block_alone(x, last)
            if torch.numel(positions) == 0:
              return self.last_block(x, given, causal, positions, last)
            if given is not None:
              index = torch.expand(torch.view(positions, [-1, 1, 1, 1]), [-1, torch.size(given, 1), 1, torch.size(x, 1)])
              given = torch.gather(given, 2, index)
            if causal:
              later = torch.gt(torch.unsqueeze(torch.arange(torch.size(x, 1)), 0), torch.unsqueeze(positions, 1))
              given = torch.masked_fill(torch.zeros([torch.size(x, 0), 1, 1, torch.size(x, 1)], dtype=x.dtype), torch.view(later, [-1, 1, 1, torch.size(x, 1)]), -inf)
            return torch.squeeze(self.last_block(x, given, False, positions, last), 1)
        """);
    }

    // Where a layer's two tensors are: input and its norm from the beginning of a block, the others from the end of the input.
    private sealed record Layout(TransformerShape Shape)
    {
        public int Input => Shape.NormsBehind ? 0 : Pair;

        public string Normed => Shape.NormsBehind ? "x" : "self.norm(x, i)";

        public int Output => Shape.InnerNorms ? Pair : 0;

        // Of the attention, where norms stand behind.
        public int MlpNorm => Output + Pair;

        public int Expand => MlpNorm + Pair;

        public int Contract => Expand + Pair + (Shape.Gated ? Pair : 0) + (Shape.InnerNorms ? Pair : 0);

        public int Block => Input + Pair + Contract + Pair + (Shape.NormsBehind ? Pair : 0);

        // Its queries stand apart from its keys and values.
        public int LastBlock => Block + Pair;
    }
}
