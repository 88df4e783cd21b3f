namespace Clip.Models;

/// <summary>The matrices that open_clip puts behind an encoder of Hugging Face's library (open_clip, hf_model.py): [N, W] to [N, E].</summary>
internal sealed class HuggingFaceTextHead : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")] private Parameter? _matrix;
    [ComponentName(Name = "0")] private readonly LinearLayer? _expand;
    [ComponentName(Name = "2")] private readonly LinearLayer? _contract;

    private HuggingFaceTextHead(WeightFactory weights, bool hasMlp, long width, long embeddingSize)
        : base(nameof(HuggingFaceTextHead))
    {
        if (hasMlp)
        {
            var hidden = (width + embeddingSize) / 2;
            _expand = new LinearLayer(weights, width, hidden, bias: false);
            _contract = new LinearLayer(weights, hidden, embeddingSize, bias: false);
        }
        else
        {
            _matrix = weights.Matrix(embeddingSize, width);
        }
        RegisterComponents();
    }

    /// <summary>Creates the head; null where features are embeddings.</summary>
    public static HuggingFaceTextHead? TryCreate(WeightFactory weights, HuggingFaceTextProjection projection, long width, long embeddingSize) =>
        projection == HuggingFaceTextProjection.None
            ? null
            : new HuggingFaceTextHead(weights, projection == HuggingFaceTextProjection.Mlp, width, embeddingSize);

    public override Tensor forward(Tensor features)
    {
        if (_matrix is not null)
            return nn.functional.linear(features, _matrix);
        using var expanded = _expand!.call(features);
        using var activated = nn.functional.gelu(expanded);
        return _contract!.call(activated);
    }

    public void Initialize()
    {
        foreach (var matrix in new[] { _matrix, _expand?.Weight, _contract?.Weight }.OfType<Parameter>())
            LinearInitializer.Weight(matrix);
    }
}
