namespace Clip.Models;

/// <summary>Two linear layers with a nonlinearity between them, on each token alone.</summary>
/// <remarks>Maps [N, L, W] to the same shape. Source: Vaswani et al. 2017, section 3.3.</remarks>
internal sealed class Mlp : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "c_fc")] private readonly LinearLayer _expand;
    [ComponentName(Name = "gelu")] private readonly nn.Module<Tensor, Tensor> _activation;
    [ComponentName(Name = "c_proj")] private readonly LinearLayer _contract;

    public Mlp(WeightFactory weights, TransformerConfig config)
        : base(nameof(Mlp))
    {
        _expand = new LinearLayer(weights, config.Width, config.MlpWidth);
        _activation = config.Activation.CreateModule();
        _contract = new LinearLayer(weights, config.MlpWidth, config.Width);
        RegisterComponents();
    }

    /// <summary>The layer into the hidden channels.</summary>
    public LinearLayer Expand => _expand;

    /// <summary>The layer out of them.</summary>
    public LinearLayer Contract => _contract;

    public override Tensor forward(Tensor x)
    {
        using var expanded = _expand.call(x);                       // [N, L, hidden]
        using var activated = _activation.call(expanded);
        return _contract.call(activated);                           // [N, L, W]
    }

    /// <summary>Draws the weights from normal distributions, as in the text tower (openai/CLIP, initialize_parameters).</summary>
    /// <param name="expandDeviation">Standard deviation of the first layer's weights.</param>
    /// <param name="contractDeviation">Standard deviation of the second layer's weights.</param>
    public void InitializeNormal(double expandDeviation, double contractDeviation)
    {
        InitializeDefault();
        nn.init.normal_(_expand.Weight, std: expandDeviation);
        nn.init.normal_(_contract.Weight, std: contractDeviation);
    }

    /// <summary>Draws weights and biases as PyTorch's linear layers do.</summary>
    public void InitializeDefault()
    {
        LinearInitializer.Initialize(_expand);
        LinearInitializer.Initialize(_contract);
    }

    /// <summary>Draws the weights as SigLIP does: Xavier's uniform, and biases close to zero.</summary>
    public void InitializeXavier()
    {
        foreach (var linear in (LinearLayer[])[_expand, _contract])
        {
            nn.init.xavier_uniform_(linear.Weight);
            nn.init.normal_(linear.Bias, std: 1e-6);
        }
    }
}
