using System.Collections.Concurrent;
using Clip.DependencyInjection;
using Clip.ZeroShot;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace Web.Shared;

/// <summary>Class banks of callers' own labels: made once for all who ask for the same ones, and kept in bounded memory.</summary>
/// <param name="models">The model.</param>
/// <param name="computing">Where a bank is made in its turn.</param>
/// <param name="limits">The limits.</param>
public sealed class LabelBanks(IClipModelProvider models, Computing computing, IOptions<WebLimits> limits) : IDisposable
{
    private const int BytesOfAnEntry = 512;

    private readonly MemoryCache _banks = new(new MemoryCacheOptions { SizeLimit = limits.Value.MaxLabelBankBytes });
    private readonly ConcurrentDictionary<string, Lazy<Task<ClassBank>>> _inTheMaking = [];
    private int _made;

    /// <summary>How many banks have been made.</summary>
    internal int Made => _made;

    /// <summary>How many banks are kept.</summary>
    internal int Kept => _banks.Count;

    /// <summary>The bank of some labels, each of which is a prompt as it stands.</summary>
    /// <inheritdoc cref="GetAsync(IReadOnlyList{string}, PromptTemplates, Waiting, CancellationToken)"/>
    public Task<ClassBank> GetAsync(IReadOnlyList<string> labels, Waiting waiting, CancellationToken cancellationToken) =>
        GetAsync(labels, PromptTemplates.None, waiting, cancellationToken);

    /// <summary>The bank of some labels.</summary>
    /// <param name="labels">The labels, each once and without commas.</param>
    /// <param name="templates">The sentences they are put into.</param>
    /// <param name="waiting">The time that the request may wait.</param>
    /// <param name="cancellationToken">Ends the waiting of this request; others may wait for the same bank.</param>
    /// <exception cref="BadHttpRequestException">A prompt is longer than the model's context.</exception>
    /// <exception cref="OverloadedException">It is not there in time.</exception>
    public Task<ClassBank> GetAsync(IReadOnlyList<string> labels, PromptTemplates templates, Waiting waiting, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(templates);
        ArgumentNullException.ThrowIfNull(waiting);
        // Labels have no commas, so none of them looks like the end of the labels.
        var key = $"{string.Join(',', labels)},,{string.Join('\n', templates)}";
        return _banks.TryGetValue(key, out ClassBank? kept)
            ? Task.FromResult(kept!)
            : waiting.ForAsync(_inTheMaking.GetOrAdd(key, _ => new Lazy<Task<ClassBank>>(() => MakeAsync(key, labels, templates))).Value, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _banks.Dispose();

    private async Task<ClassBank> MakeAsync(string key, IReadOnlyList<string> labels, PromptTemplates templates)
    {
        try
        {
            // Another request may have made it since it was looked for.
            if (_banks.TryGetValue(key, out ClassBank? kept))
                return kept!;
            var waiting = new Waiting(limits);
            var model = await waiting.ForAsync(models.GetAsync(), CancellationToken.None);
            var bank = await computing.RunAsync(() => Task.Run(() => Create(model, labels, templates)), waiting, CancellationToken.None);
            Interlocked.Increment(ref _made);
            _banks.Set(key, bank, new MemoryCacheEntryOptions { Size = SizeOf(bank, key) });
            return bank;
        }
        finally
        {
            _inTheMaking.TryRemove(key, out _);
        }
    }

    private static ClassBank Create(Clip.ClipModel model, IReadOnlyList<string> labels, PromptTemplates templates)
    {
        try
        {
            return ClassBank.Create(model, labels, templates);
        }
        catch (ArgumentException exception)
        {
            throw new BadHttpRequestException(exception.Message, exception);
        }
    }

    // Labels are there as parts of the key and as names.
    private static long SizeOf(ClassBank bank, string key) =>
        BytesOfAnEntry + (long)sizeof(float) * bank.Embeddings.Length + 4L * key.Length + 64L * bank.ClassNames.Count;
}
