using System.Collections.Immutable;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Clip.Training.Data.Lists;
using Clip.Training.Data.Reading;

namespace Clip.Training.Data;

/// <summary>Images in files and their captions, from a list or from folders named after classes.</summary>
/// <remarks>
/// The list is held in memory, the images are not. Each epoch has an order of its own, of which any place can be computed, so that
/// training resumes at the exact sample at no cost.
/// </remarks>
public sealed class CaptionedImages : IPairSource, ISampleOrder
{
    private readonly CaptionedImage[] _images;
    private readonly PairSourceOptions _options;
    private readonly BatchProducer _producer;
    private readonly IReadOnlyList<string>? _templates;

    private CaptionedImages(string name, CaptionedImage[] images, PairSourceOptions options, IReadOnlyList<string>? templates = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        Name = name;
        _images = images;
        _options = options;
        _templates = templates;
        if (images.Length < options.WorldSize)
            throw new PairDataException(name, $"has {images.Length} images, too few for {options.WorldSize} ranks.");
        _producer = new BatchProducer(options, this);
        Identity = DescribeIdentity();
    }

    /// <summary>What errors call the data set: a file or a folder.</summary>
    public string Name { get; }

    /// <inheritdoc/>
    public string Identity { get; }

    /// <summary>The images and their captions as they are listed.</summary>
    public IReadOnlyList<CaptionedImage> Images => _images;

    /// <summary>Folders among the class folders that could not be read, and why; their images are not among the others.</summary>
    public IReadOnlyDictionary<string, Exception> UnreadableFolders { get; private init; } = ImmutableDictionary<string, Exception>.Empty;

    /// <summary>How many samples of an epoch this rank reads.</summary>
    public long SamplesPerEpoch => _images.Length / _options.WorldSize;

    long? IPairSource.SamplesPerEpoch => SamplesPerEpoch;

    /// <summary>Takes images and captions as they are.</summary>
    /// <param name="images">The images.</param>
    /// <param name="options">How they are ordered and prepared.</param>
    /// <param name="name">What errors call them.</param>
    /// <exception cref="ArgumentException">The options are wrong.</exception>
    /// <exception cref="PairDataException">There are no images.</exception>
    public static CaptionedImages From(IEnumerable<CaptionedImage> images, PairSourceOptions options, string name = "(images)")
    {
        ArgumentNullException.ThrowIfNull(images);
        return new CaptionedImages(name, [.. images], options);
    }

    /// <summary>Reads a list of image files and captions.</summary>
    /// <param name="path">A list as <see cref="CaptionList"/> reads it.</param>
    /// <param name="options">How pairs are ordered and prepared.</param>
    /// <param name="columns">Where the list has what; null for the usual names.</param>
    /// <param name="cancellationToken">Checked between rows.</param>
    /// <exception cref="ArgumentException">The options are wrong, or the file name ends otherwise.</exception>
    /// <exception cref="PairDataException">The list is damaged, lacks a column or has no rows; the message says where.</exception>
    /// <exception cref="FileNotFoundException">There is no such list.</exception>
    public static CaptionedImages FromList(
        string path, PairSourceOptions options, CaptionColumns? columns = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new CaptionedImages(path, [.. CaptionList.Read(path, columns, cancellationToken)], options);
    }

    /// <summary>Takes the images in folders that are named after classes.</summary>
    /// <param name="folder">The folder of the class folders; underscores in their names are read as spaces.</param>
    /// <param name="templates">Prompts with "{}" for the class, such as "a photo of a {}."; each time an image comes up it gets one of them.</param>
    /// <param name="options">How pairs are ordered and prepared.</param>
    /// <param name="classNames">Names by folder, where they are not those of the folders.</param>
    /// <exception cref="ArgumentException">The options are wrong, or a template lacks "{}".</exception>
    /// <exception cref="PairDataException">There are no images in folders.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static CaptionedImages FromClassFolders(
        string folder, IReadOnlyList<string> templates, PairSourceOptions options, IReadOnlyDictionary<string, string>? classNames = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(templates);
        if (templates.Count == 0 || templates.FirstOrDefault(template => !template.Contains("{}", StringComparison.Ordinal)) is not null)
            throw new ArgumentException("There has to be a template, and each has to have {} where the class goes.", nameof(templates));
        var unreadable = new Dictionary<string, Exception>(StringComparer.Ordinal);
        return new CaptionedImages(folder, ClassFolders.Read(folder, classNames, unreadable.Add), options, [.. templates]) { UnreadableFolders = unreadable };
    }

    /// <inheritdoc/>
    public IEnumerable<PairBatch> Batches(int size, PairPosition from, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, SamplesPerEpoch);
        return _producer.Produce(size, from, cancellationToken);
    }

    /// <summary>Does nothing: enumerations end what they started.</summary>
    public void Dispose()
    {
    }

    /// <inheritdoc/>
    public PairPosition? Translate(IReadOnlyList<PairPosition> positions, int batchSize)
    {
        ArgumentNullException.ThrowIfNull(positions);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        var read = positions[0].Sample * positions.Count;
        var whole = (long)batchSize * _options.WorldSize;
        if (positions.Any(position => position != positions[0]) || read % whole != 0)
            return null;
        return positions[0] with { Sample = read / _options.WorldSize };
    }

    IEnumerable<RawSample> ISampleOrder.Read(long epoch, long from, int batchSize, CancellationToken cancellationToken)
    {
        var order = new Permutation(_images.Length, SeedMixer.Mix(_options.Seed, epoch));
        var ranks = new RankOrder(_options.Rank, _options.WorldSize, batchSize, SamplesPerEpoch);
        for (var sample = from; sample < SamplesPerEpoch; sample++)
        {
            var place = ranks[sample];
            var (path, caption) = _images[_options.Shuffle ? order[place] : place];
            if (_templates is not null)
                caption = _templates[(int)(SeedMixer.Mix(_options.Seed, epoch, place, 1) % (ulong)_templates.Count)].Replace("{}", caption, StringComparison.Ordinal);
            yield return new RawSample(path, null, caption) { Place = place };
        }
    }

    // Folders may move, so only the files' own names count.
    private string DescribeIdentity()
    {
        var hash = new XxHash128();
        foreach (var (path, caption) in _images)
        {
            hash.Append(MemoryMarshal.AsBytes(Path.GetFileName(path.AsSpan())));
            hash.Append([0, 0]);
            hash.Append(MemoryMarshal.AsBytes(caption.AsSpan()));
            hash.Append([0, 0]);
        }
        foreach (var template in _templates ?? [])
            hash.Append(MemoryMarshal.AsBytes(template.AsSpan()));
        return $"{_images.Length} images {Convert.ToHexStringLower(hash.GetCurrentHash())}; {SourceIdentity.Of(_options)}";
    }
}
