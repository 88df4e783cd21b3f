using System.Diagnostics;
using System.Text;
using Clip.Shards.Leases;
using Clip.Shards.Outputs;
using Clip.Tokenization;

namespace Clip.Shards;

/// <summary>A worker that embeds tar shards, alone or with any number of others on any machines, which know of each other only by the store.</summary>
/// <remarks>
/// <para>
/// A worker claims a shard by a lease, embeds it, writes <c>metadata/metadata_N.parquet</c> and <c>img_emb/img_emb_N.npy</c> (float16), as clip-retrieval's
/// tools read them, and gives the lease back. Shards whose <c>.npy</c> is there are done. It begins with its own share of the shards and goes on with what
/// others leave, also with shards whose worker gave no sign of life for a while.
/// </para>
/// <para>
/// A sample that cannot be read has a row of zeros, and its reason in the metadata's <c>error</c>. A shard that is damaged or cut off, or with too many such
/// samples, fails: nothing of it is written but the reason, in <c>failed/N</c>; the next run tries it again.
/// </para>
/// </remarks>
public sealed class ShardEmbedder
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly ClipModel _clip;
    private readonly IShardStore _store;
    private readonly ShardEmbedderOptions _options;
    private readonly ShardPass _pass;
    private readonly LeaseBook _leases;

    /// <summary>Creates a worker.</summary>
    /// <param name="clip">The model, which is borrowed.</param>
    /// <param name="store">Where embeddings go, shared by all workers.</param>
    /// <param name="options">How it works.</param>
    /// <exception cref="ArgumentException">Options are out of range, or captions are to be embedded by a model that cannot or refuses long ones.</exception>
    public ShardEmbedder(ClipModel clip, IShardStore store, ShardEmbedderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(clip);
        ArgumentNullException.ThrowIfNull(store);
        (_clip, _store, _options) = (clip, store, options ?? new ShardEmbedderOptions());
        _options.Validate();
        if (_options.WithCaptions && !clip.HasTokenizer)
            throw new ArgumentException($"'{clip.Card.Name}' cannot embed captions. {clip.Card.TokenizerProblem}", nameof(clip));
        if (_options.WithCaptions && clip.Tokenizer.Overflow != TokenOverflow.Truncate)
        {
            throw new ArgumentException(
                $"Captions may be too long for the model; load it with {nameof(ClipModelOptions)}.{nameof(ClipModelOptions.TextOverflow)} set to {nameof(TokenOverflow.Truncate)}.", nameof(clip));
        }
        _pass = new ShardPass(clip, _options);
        _leases = new LeaseBook(store, _options.StaleAfter);
    }

    /// <summary>Embeds shards until nothing is left to do.</summary>
    /// <param name="shards">All shards, the same for all workers.</param>
    /// <param name="progress">Told after each shard that this worker had.</param>
    /// <param name="cancellationToken">Drops the shard at hand, gives its lease back and ends.</param>
    /// <returns>What this worker did.</returns>
    /// <exception cref="ShardException">The store holds embeddings of another model.</exception>
    /// <exception cref="IOException">The store fails. What it holds is whole; the lease is given back.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<ShardRunResult> RunAsync(IReadOnlyList<Shard> shards, IProgress<ShardResult>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(shards);
        await StoreIdentity.RequireAsync(_store, _clip, shards, cancellationToken).ConfigureAwait(false);
        await _leases.SynchronizeAsync(cancellationToken).ConfigureAwait(false);
        var began = _leases.Now;
        var results = new List<ShardResult>();
        var open = await FindOpenAsync(WorkOrder.All(shards, _options.Worker), began, cancellationToken).ConfigureAwait(false);
        var alreadyDone = shards.Count - open.Count;

        await WorkAsync([.. WorkOrder.Own(shards, _options.Worker).Where(open.Contains)], began, results, progress, cancellationToken).ConfigureAwait(false);
        while (true)
        {
            open = await FindOpenAsync(WorkOrder.All(shards, _options.Worker), began, cancellationToken).ConfigureAwait(false);
            var hasWorked = await WorkAsync(open, began, results, progress, cancellationToken).ConfigureAwait(false);
            if (open.Count == 0 || (!hasWorked && !_options.WaitForOthers))
                break;
            if (!hasWorked)
                await Task.Delay(TimeSpan.FromTicks(Math.Min(_options.StaleAfter.Ticks / 4, LongestPause.Ticks)), cancellationToken).ConfigureAwait(false);
        }
        var done = results.FindAll(result => result.Outcome == ShardOutcome.Done);
        return new ShardRunResult(
            done.Count, alreadyDone, done.Sum(result => result.Rows), done.Sum(result => result.UnreadableRows),
            results.FindAll(result => result.Outcome == ShardOutcome.Failed), open.Count);
    }

    private async Task<bool> WorkAsync(
        IReadOnlyCollection<Shard> shards, DateTimeOffset began, List<ShardResult> results, IProgress<ShardResult>? progress, CancellationToken cancellationToken)
    {
        var hasWorked = false;
        foreach (var shard in shards)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var lease = await _leases.TryClaimAsync(shard, cancellationToken).ConfigureAwait(false);
            if (lease is null)
                continue;
            await using var held = lease.ConfigureAwait(false);
            hasWorked = true;
            // Another worker may have been there since the store was looked at.
            if (await IsSettledAsync(shard, began, cancellationToken).ConfigureAwait(false))
                continue;
            var result = await EmbedAsync(shard, lease, cancellationToken).ConfigureAwait(false);
            results.Add(result);
            progress?.Report(result);
        }
        return hasWorked;
    }

    private async Task<ShardResult> EmbedAsync(Shard shard, Lease lease, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lease.Lost);
        try
        {
            var embedded = await _pass.RunAsync(shard, stop.Token).ConfigureAwait(false);
            await embedded.WriteAsync(_store, shard.Number, stop.Token).ConfigureAwait(false);
            return new ShardResult(shard, ShardOutcome.Done, embedded.Metadata.Count, embedded.Metadata.UnreadableCount, watch.Elapsed, null);
        }
        catch (OperationCanceledException) when (lease.Lost.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new ShardResult(shard, ShardOutcome.Lost, 0, 0, watch.Elapsed, null);
        }
        catch (ShardException e)
        {
            var reason = Encoding.UTF8.GetBytes(e.Message + "\n");
            await _store.CommitAsync(OutputNames.Failure(shard.Number), (stream, cancelled) => stream.WriteAsync(reason, cancelled).AsTask(), cancellationToken).ConfigureAwait(false);
            return new ShardResult(shard, ShardOutcome.Failed, 0, 0, watch.Elapsed, e.Message);
        }
    }

    private async Task<bool> IsSettledAsync(Shard shard, DateTimeOffset began, CancellationToken cancellationToken) =>
        await _store.FindAsync(OutputNames.ImageEmbeddings(shard.Number), cancellationToken).ConfigureAwait(false) is not null
        || (await _store.FindAsync(OutputNames.Failure(shard.Number), cancellationToken).ConfigureAwait(false))?.Modified >= began;

    // Those that are not done, and have not failed since this worker began.
    private async Task<List<Shard>> FindOpenAsync(IEnumerable<Shard> shards, DateTimeOffset began, CancellationToken cancellationToken)
    {
        await _leases.SynchronizeAsync(cancellationToken).ConfigureAwait(false);
        var settled = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var entry in _store.ListAsync(OutputNames.Images, cancellationToken).ConfigureAwait(false))
        {
            if (OutputNames.NumberOfImages(entry.Path) is { } number)
                settled.Add(number);
        }
        await foreach (var entry in _store.ListAsync(OutputNames.Failures, cancellationToken).ConfigureAwait(false))
        {
            if (entry.Modified >= began)
                settled.Add(OutputNames.Last(entry.Path));
        }
        return [.. shards.Where(shard => !settled.Contains(shard.Number))];
    }
}
