using Clip.Kernels;

namespace Clip.Models;

/// <summary>BERT's encoder, and RoBERTa's and XLM-R's.</summary>
/// <remarks>Source: Devlin et al. 2018; Liu et al. 2019; Conneau et al. 2019.</remarks>
internal sealed class BertEncoder : HuggingFaceTextEncoder
{
    /// <summary>The name of its blocks.</summary>
    public const string Blocks = "bert";

    private readonly BertTextConfig _config;

    [ComponentName(Name = "embeddings")] private readonly BertEmbeddings _embeddings;
    [ComponentName(Name = Blocks)] private readonly Transformer _blocks;

    public BertEncoder(WeightFactory weights, BertTextConfig config, int vocabularySize)
        : base(nameof(BertEncoder))
    {
        _config = config;
        _embeddings = new BertEmbeddings(weights, config, vocabularySize);
        _blocks = new Transformer(weights, config.Transformer, causal: false, postNorm: true);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor Reference => _blocks.Reference;

    /// <inheritdoc/>
    public override int StageOf(string parameter) => 1 + TransformerStages.TryBlock(parameter, $"{Blocks}.resblocks.") ?? 0;

    public override Tensor forward(Tensor ids)
    {
        using var scope = NewDisposeScope();
        var (tokens, mask) = Embed(ids, _blocks.DType);
        return _blocks.call(tokens, mask).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Func<Tensor, Tensor> Pack(KernelBackend backend, KernelList kernels, long tokensPerPass)
    {
        var dtype = _blocks.DType;
        var blocks = kernels.Add(_blocks.Pack(tokensPerPass, backend));
        return ids =>
        {
            var (tokens, mask) = Embed(ids, dtype);
            return blocks.Forward(tokens, mask);
        };
    }

    /// <inheritdoc/>
    public override void Initialize()
    {
        const double Deviation = 0.02;      // initializer_range of transformers, configuration_bert.py
        _embeddings.Initialize();
        _blocks.InitializeNormal(Deviation);
        NormInitializer.InitializeAll(this);
    }

    private (Tensor Tokens, Tensor Mask) Embed(Tensor ids, ScalarType dtype) =>
        (_embeddings.call(ids).to(dtype), TextPadding.Mask(ids, _config.PaddingId, dtype));
}
