namespace Clip.Models;

/// <summary>Writes captions token by token.</summary>
/// <param name="state">The captions in the making; at first one for each image.</param>
/// <param name="search">How to search.</param>
/// <param name="paddingId">What captions that have ended go on with.</param>
/// <param name="device">Where the network is.</param>
internal sealed class CaptionWriter(CaptionState state, CaptionSearch search, long paddingId, Device device)
{
    /// <summary>Writes the captions.</summary>
    /// <param name="prompts">What each begins with, all of one length.</param>
    /// <param name="cancellationToken">Ends the work between tokens.</param>
    /// <returns>The tokens of each caption, the prompt and the end included, if it came.</returns>
    public long[][] Write(IReadOnlyList<long[]> prompts, CancellationToken cancellationToken) =>
        search.Sampling is null && search.Beams > 1 ? FollowBeams(prompts, cancellationToken) : FollowOne(prompts, cancellationToken);

    private long[][] FollowOne(IReadOnlyList<long[]> prompts, CancellationToken cancellationToken)
    {
        var captions = prompts.Select(prompt => prompt.ToList()).ToArray();
        var samplers = search.Sampling is { } sampling ? captions.Select((_, number) => new TokenSampler(sampling, number)).ToArray() : null;
        var ended = new bool[captions.Length];
        var added = prompts;
        for (var length = prompts[0].Length; length < search.MaxLength && !ended.All(has => has); length++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var scores = CaptionScores.Read(state.Add(Ids(added)));
            var next = new long[captions.Length][];
            for (var i = 0; i < captions.Length; i++)
            {
                next[i] = [paddingId];
                if (ended[i])
                    continue;
                CaptionScores.Adjust(scores[i], captions[i], search);
                var id = samplers?[i].Draw(scores[i]) ?? CaptionScores.Highest(scores[i]);
                captions[i].Add(id);
                next[i] = [id];
                ended[i] = id == search.EndTokenId;
            }
            added = next;
        }
        return [.. captions.Select(caption => caption.ToArray())];
    }

    // Hugging Face's beam search (transformers, generation/beam_search.py), without groups and without early stopping.
    private long[][] FollowBeams(IReadOnlyList<long[]> prompts, CancellationToken cancellationToken)
    {
        var promptLength = prompts[0].Length;
        var images = prompts.Select(prompt => new BeamsOfImage(prompt, search)).ToArray();
        for (var length = promptLength; length < search.MaxLength; length++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var isFirst = length == promptLength;
            var added = isFirst ? prompts : [.. images.SelectMany(image => image.Added)];
            var logits = state.Add(Ids(added));
            if (isFirst)
            {
                var repeated = Rows(Enumerable.Range(0, images.Length).SelectMany(image => Enumerable.Repeat(image, search.Beams)));
                state.Select(repeated);
                logits = logits.index_select(0, repeated);
            }
            var scores = CaptionScores.Read(nn.functional.log_softmax(logits, -1));
            for (var i = 0; i < images.Length; i++)
                images[i].Advance(scores.AsSpan(i * search.Beams, search.Beams), length + 1 - promptLength, paddingId);
            if (images.All(image => image.IsDone))
                break;
            state.Select(Rows(images.SelectMany((image, number) => image.Sources.Select(source => number * search.Beams + source))));
        }
        return [.. images.Select(image => image.Finish(promptLength))];
    }

    private Tensor Ids(IReadOnlyList<long[]> rows)
    {
        var width = rows[0].Length;
        return tensor(rows.SelectMany(row => row).ToArray(), ScalarType.Int64).view(-1, width).to(device);
    }

    private Tensor Rows(IEnumerable<int> rows) => tensor(rows.Select(row => (long)row).ToArray(), ScalarType.Int64).to(device);
}
