using Clip.Shared;

namespace Clip.Models;

/// <summary>Captions in the making: what the towers and the decoder know of their tokens so far.</summary>
internal sealed class CaptionState : IDisposable
{
    private readonly ICaptionTexts _texts;
    private readonly CaptionDecoder _decoder;
    private readonly IReadOnlyList<(Tensor Keys, Tensor Values)> _images;
    private readonly KeyValueCache _read;
    private readonly KeyValueCache _written;

    // Which columns later tokens may attend to, [N, L]: a column is hidden by padding in the token before it (ClassTokenMask).
    private Tensor _visible;
    private long _length;

    /// <param name="texts">The text tower.</param>
    /// <param name="decoder">The decoder.</param>
    /// <param name="layers">Blocks of the decoder.</param>
    /// <param name="images">The image tower's tokens [N, P, W].</param>
    public CaptionState(ICaptionTexts texts, CaptionDecoder decoder, int layers, Tensor images)
    {
        _texts = texts;
        _decoder = decoder;
        _images = [.. decoder.LookAt(images).Select(pair => (pair.Keys.DetachFromDisposeScope(), pair.Values.DetachFromDisposeScope()))];
        _read = new KeyValueCache(texts.Layers);
        _written = new KeyValueCache(layers);
        _visible = ones([images.shape[0], 1], ScalarType.Bool, images.device).DetachFromDisposeScope();
    }

    /// <summary>Adds tokens to all captions.</summary>
    /// <param name="ids">Their ids [N, T].</param>
    /// <returns>Logits over the vocabulary for the token that follows, [N, V].</returns>
    public Tensor Add(Tensor ids)
    {
        using var scope = NewDisposeScope();
        var count = ids.shape[1];
        var all = _length + count;
        var visible = cat([_visible, ids.IsNot(_texts.PaddingId)], 1);                             // [N, all + 1]
        var columns = visible.narrow(1, 0, all);
        var causal = count == 1 ? null : ones([count, all], ScalarType.Bool, ids.device).tril(_length);
        var hidesPadding = !columns.all().item<bool>();
        var dtype = _images[0].Keys.dtype;

        var read = _texts.Continue(ids, _length, _read, hidesPadding ? Mask(columns.view(-1, 1, 1, all), causal) : causal is null ? null : Mask(null, causal));
        var logits = _decoder.Continue(read, _images, _written, causal is null ? null : Mask(null, causal));

        _visible.Dispose();
        _visible = visible.DetachFromDisposeScope();
        _length = all;
        return logits.MoveToOuterDisposeScope();

        Tensor Mask(Tensor? columns, Tensor? causal)
        {
            var allowed = columns is null ? causal!.view(1, 1, count, all) : causal is null ? columns : columns.logical_and(causal.view(1, 1, count, all));
            return zeros_like(allowed, dtype).FillWhere(allowed.logical_not(), double.NegativeInfinity);
        }
    }

    /// <summary>Goes on with some of the captions, in another order, and with some several times; as many for each image.</summary>
    /// <param name="captions">Which, int64 [M].</param>
    public void Select(Tensor captions)
    {
        using var scope = NewDisposeScope();
        _read.Select(captions);
        _written.Select(captions);
        var visible = _visible.index_select(0, captions).DetachFromDisposeScope();
        _visible.Dispose();
        _visible = visible;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _read.Dispose();
        _written.Dispose();
        _visible.Dispose();
        foreach (var (keys, values) in _images)
        {
            keys.Dispose();
            values.Dispose();
        }
    }
}
