using Clip.Kernels;
using Clip.Shared;

namespace Clip.Models;

/// <summary>A text tower that open_clip takes from Hugging Face's library.</summary>
/// <remarks>Source: open_clip, hf_model.py.</remarks>
internal sealed class HuggingFaceTextTower : TextTower, ICaptionSource
{
    /// <summary>The name of its encoder.</summary>
    public const string EncoderName = "encoder";

    private const string EncoderPrefix = $"{EncoderName}.";

    private readonly HuggingFaceTextConfig _config;

    [ComponentName(Name = EncoderName)] private readonly HuggingFaceTextEncoder _encoder;
    [ComponentName(Name = "pooler")] private readonly BertPooler? _pooler;
    [ComponentName(Name = "proj")] private readonly HuggingFaceTextHead? _head;

    public HuggingFaceTextTower(HuggingFaceTextConfig config, int embeddingSize, WeightFactory weights)
        : base(nameof(HuggingFaceTextTower), config)
    {
        _config = config;
        _encoder = config.Encoder.Kind.Create(weights, config.Encoder, config.VocabularySize);
        if (config is { Pooling: HuggingFaceTextPooling.Pooler, Encoder: BertTextConfig })
            _pooler = new BertPooler(weights, config.FeatureSize);
        _head = HuggingFaceTextHead.TryCreate(weights, config.Projection, config.FeatureSize, embeddingSize);
        RegisterComponents();
    }

    /// <summary>The embeddings of tokens, each block, and what pools and projects.</summary>
    public override int StageCount => _config.Encoder.Layers + 2;

    /// <inheritdoc/>
    public override int StageOf(string parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        return parameter.StartsWith(EncoderPrefix, StringComparison.Ordinal) ? _encoder.StageOf(parameter[EncoderPrefix.Length..]) : StageCount - 1;
    }

    internal override Tensor Reference => _encoder.Reference;

    internal override Tensor Encode(Tensor ids) => _encoder.call(ids);

    internal override Tensor EncodeFeatures(Tensor ids) => Pool(Encode(ids), ids);

    /// <summary>Tokens to features, [N, L, W] to [N, W].</summary>
    internal Tensor Pool(Tensor tokens, Tensor ids)
    {
        switch (_config.Pooling)
        {
            case HuggingFaceTextPooling.Mean:
                var visible = TextPadding.Visible(ids, _config.Encoder.PaddingId).unsqueeze(-1).to(tokens.dtype);        // [N, L, 1]
                return (tokens * visible).sum(1) / visible.sum(1).AtLeast(1);
            case HuggingFaceTextPooling.Max:
                var isPadding = ids.IsEqualTo(_config.Encoder.PaddingId).unsqueeze(-1);
                return tokens.FillWhere(isPadding, double.NegativeInfinity).max(1).values;
            case HuggingFaceTextPooling.Pooler when _pooler is not null:
                return _pooler.call(tokens.select(1, 0));
            default:
                return tokens.select(1, 0);
        }
    }

    internal override ICaptionSource Captions => this;

    // Of a pooled first token the decoder sees nothing (open_clip, hf_model.py, forward).
    (Tensor Tokens, Tensor Features) ICaptionSource.Encode(Tensor ids)
    {
        var tokens = Encode(ids);
        return (_config.Pooling == HuggingFaceTextPooling.Pooler ? tokens.narrow(1, 1, tokens.shape[1] - 1) : tokens, Pool(tokens, ids));
    }

    internal override Tensor Project(Tensor features) => _head?.call(features) ?? features;

    internal override PackedTextTower Pack(KernelBackend backend, PassGate gate) => KernelList.Fill(kernels =>
    {
        var tokensPerPass = CacheSizes.Tokens;
        return new PackedEncoderText(this, gate, tokensPerPass, kernels, _encoder.Pack(backend, kernels, tokensPerPass), Pool);
    });

    internal override void Initialize()
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        _encoder.Initialize();
        _pooler?.Initialize();
        _head?.Initialize();
    }
}
