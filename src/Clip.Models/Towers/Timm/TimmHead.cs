namespace Clip.Models;

/// <summary>The matrices that open_clip puts behind a trunk of timm (open_clip, timm_model.py): features [N, F] to embeddings [N, E].</summary>
internal sealed class TimmHead : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "proj")] private readonly LinearLayer? _projection;
    [ComponentName(Name = "mlp")] private readonly TimmMlp? _mlp;

    private TimmHead(WeightFactory weights, TimmHeadConfig config, long features, long embeddings)
        : base(nameof(TimmHead))
    {
        if (config.Projection == TimmProjection.Linear)
            _projection = new LinearLayer(weights, features, embeddings, config.Bias);
        else
            _mlp = new TimmMlp(weights, features, 2 * embeddings, embeddings, config.Bias);
        RegisterComponents();
    }

    /// <summary>Creates the head; null where it has no matrices of its own.</summary>
    public static TimmHead? TryCreate(WeightFactory weights, TimmHeadConfig config, long features, long embeddings) =>
        config.Projection is TimmProjection.Linear or TimmProjection.Mlp ? new TimmHead(weights, config, features, embeddings) : null;

    /// <summary>The matrix, where there is one alone; else null.</summary>
    public LinearLayer? Projection => _projection;

    public override Tensor forward(Tensor features) => _projection?.call(features) ?? _mlp!.call(features);

    public void Initialize()
    {
        foreach (var layer in modules().OfType<LinearLayer>())
            LinearInitializer.Initialize(layer);
    }
}
