namespace Clip.Runtime.Kernels;

/// <summary>A stack of pre-norm transformer blocks for inference on a CPU, in one call of libtorch.</summary>
/// <remarks>
/// <para>
/// Linear layers have their weights packed for oneDNN and compute activation and residual addition in the same pass over memory.
/// Where only one token per sequence is wanted, the last block asks, projects and transforms that token alone.
/// </para>
/// <para>It computes the equations of the trained blocks in another order of summation and has no gradients.</para>
/// </remarks>
internal sealed class TransformerKernel : ITransformerKernel
{
    // Weights of a block: attention norm, queries with keys and values, output; perceptron norm, both layers; two tensors each.
    private const int TensorsPerBlock = 12;

    // Those of the last block: its queries stand apart from its keys and values.
    private const int TensorsOfLastBlock = 14;
    private const double QuickGeluSlope = 1.702;

    private readonly jit.ScriptModule _module;
    private readonly FusedActivation _activation;

    /// <summary>Makes a stack without blocks.</summary>
    /// <param name="heads">Attention heads.</param>
    /// <param name="epsilon">What norms add to the variance.</param>
    /// <param name="activation">Activation of the perceptrons.</param>
    /// <param name="causal">Whether tokens see only those before them, where no mask is given.</param>
    public TransformerKernel(long heads, double epsilon, FusedActivation activation, bool causal)
    {
        _activation = activation;
        _module = TorchScript.Compile("Transformer", PackedLinearLayers.Methods("__torch__.Transformer", activation) + "\n" + Methods(heads, epsilon, causal));
    }

    /// <summary>Appends a block; its weights are copied into packed form.</summary>
    /// <param name="block">The weights.</param>
    /// <param name="isLast">Whether none follows.</param>
    /// <param name="rows">Tokens of all sequences that usually pass together; weights are packed for that.</param>
    public void Append(BlockWeights block, bool isLast, long rows)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var width = block.OutputWeight.shape[0];
        var (before, after) = _activation == FusedActivation.QuickGelu ? (QuickGeluSlope, 1 / QuickGeluSlope) : (1, 1);

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
        Packed(Scaled(block.OutputWeight, block.AttentionScale, 1), Scaled(block.OutputBias, block.AttentionScale, 1));
        Plain(block.PerceptronNorm);
        Packed(Scaled(block.ExpandWeight, null, before), Scaled(block.ExpandBias, null, before));
        Packed(Scaled(block.ContractWeight, block.PerceptronScale, after), Scaled(block.ContractBias, block.PerceptronScale, 1));

        void Plain((Tensor Weight, Tensor Bias) norm)
        {
            _module.invoke<object>("append", norm.Weight.clone());
            _module.invoke<object>("append", norm.Bias.clone());
        }

        void Packed(Tensor weight, Tensor bias)
        {
            _module.invoke<object>("append_weight", weight.contiguous(), rows);
            _module.invoke<object>("append", bias.clone());
        }
    }

    /// <summary>Runs the blocks.</summary>
    /// <param name="x">Activations [N, L, W].</param>
    /// <param name="mask">Added to the attention logits, broadcast to [N, heads, L, L]; or null.</param>
    /// <returns>[N, L, W].</returns>
    public Tensor Forward(Tensor x, Tensor? mask)
    {
        using var noGradients = no_grad();
        using var none = zeros(0);
        return _module.invoke<Tensor>("forward", x, mask ?? none, none);
    }

    /// <summary>Runs the blocks for one token of each sequence.</summary>
    /// <param name="x">Activations [N, L, W].</param>
    /// <param name="places">Which token, int64 [N].</param>
    /// <param name="mask">Added to the attention logits, [N, 1, L, L]; or null.</param>
    /// <returns>[N, W].</returns>
    public Tensor ForwardAt(Tensor x, Tensor places, Tensor? mask)
    {
        using var noGradients = no_grad();
        // To the module, no places mean all.
        if (places.numel() == 0)
            return x.new_empty([0, x.shape[2]]);
        using var none = zeros(0);
        return _module.invoke<Tensor>("forward", x, mask ?? none, places);
    }

    /// <inheritdoc/>
    public void Dispose() => _module.Dispose();

    // Rows of the weight are output channels: a gain on the outputs goes into rows and bias.
    private static Tensor Scaled(Tensor tensor, Tensor? gain, double factor)
    {
        if (gain is null && factor == 1)
            return tensor;
        var precise = tensor.to(ScalarType.Float32) * factor;
        if (gain is not null)
            precise = precise * (tensor.dim() == 2 ? gain.unsqueeze(1) : gain);
        return precise.to(tensor.dtype);
    }

    private static string Methods(long heads, double epsilon, bool causal) => FormattableString.Invariant($$"""
          def append(self: __torch__.Transformer, tensor: Tensor) -> int:
            weights = self.weights
            _ = torch.append(weights, tensor)
            return torch.len(weights)
          def norm(self: __torch__.Transformer, x: Tensor, i: int) -> Tensor:
            return torch.layer_norm(x, [torch.size(x, -1)], self.weights[i], self.weights[i + 1], {{epsilon:R}})
          def split(self: __torch__.Transformer, x: Tensor) -> Tensor:
            return torch.transpose(torch.unflatten(x, -1, [{{heads}}, -1]), 1, 2)
          def attend(self: __torch__.Transformer, q: Tensor, k: Tensor, v: Tensor, mask: Optional[Tensor], causal: bool) -> Tensor:
            a = torch.scaled_dot_product_attention(self.split(q), self.split(k), self.split(v), mask, 0., causal)
            return torch.flatten(torch.transpose(a, 1, 2), 2)
          def finish(self: __torch__.Transformer, x: Tensor, attended: Tensor, i: int) -> Tensor:
            x = self.linear_added(attended, x, i)
            return self.linear_added(self.linear_activated(self.norm(x, i + 2), i + 4), x, i + 6)
          def block(self: __torch__.Transformer, x: Tensor, mask: Optional[Tensor], causal: bool, i: int) -> Tensor:
            inputs = torch.chunk(self.linear(self.norm(x, i), i + 2), 3, -1)
            return self.finish(x, self.attend(inputs[0], inputs[1], inputs[2], mask, causal), i + 4)
          def last_block(self: __torch__.Transformer, x: Tensor, mask: Optional[Tensor], causal: bool, places: Tensor, i: int) -> Tensor:
            y = self.norm(x, i)
            inputs = torch.chunk(self.linear(y, i + 4), 2, -1)
            if torch.numel(places) > 0:
              y = torch.unsqueeze(self.at(y, places), 1)
              x = torch.unsqueeze(self.at(x, places), 1)
            return self.finish(x, self.attend(self.linear(y, i + 2), inputs[0], inputs[1], mask, causal), i + 6)
          def at(self: __torch__.Transformer, x: Tensor, places: Tensor) -> Tensor:
            first = torch.arange(0, torch.size(x, 0) * torch.size(x, 1), torch.size(x, 1))
            return torch.index_select(torch.flatten(x, 0, 1), 0, torch.add(places, first))
          def forward(self: __torch__.Transformer, x: Tensor, mask: Tensor, places: Tensor) -> Tensor:
            last = torch.len(self.weights) - {{TensorsOfLastBlock}}
            given: Optional[Tensor] = None
            if torch.numel(mask) > 0:
              given = mask
            causal = {{(causal ? "True" : "False")}} and given is None
            for i in range(0, last, {{TensorsPerBlock}}):
              x = self.block(x, given, causal, i)
            if torch.numel(places) == 0:
              return self.last_block(x, given, causal, places, last)
            if given is not None:
              index = torch.expand(torch.view(places, [-1, 1, 1, 1]), [-1, 1, 1, torch.size(x, 1)])
              given = torch.gather(given, 2, index)
            if causal:
              later = torch.gt(torch.unsqueeze(torch.arange(torch.size(x, 1)), 0), torch.unsqueeze(places, 1))
              given = torch.masked_fill(torch.zeros([torch.size(x, 0), 1, 1, torch.size(x, 1)], dtype=x.dtype), torch.view(later, [-1, 1, 1, torch.size(x, 1)]), -inf)
            return torch.squeeze(self.last_block(x, given, False, places, last), 1)
        """);
}
