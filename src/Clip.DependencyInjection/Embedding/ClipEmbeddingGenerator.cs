using Clip.Preprocessing;
using Microsoft.Extensions.AI;

namespace Clip.DependencyInjection;

/// <summary>Embeds texts and images into one space: a generator of Microsoft.Extensions.AI for both.</summary>
/// <remarks>
/// <para>
/// Vectors have unit length, so their dot product is their cosine similarity. Images are an <see cref="ImageSource"/>
/// (a path, bytes, a stream, a bitmap), or in messages a <see cref="DataContent"/> with a media type of <c>image/*</c>. Metadata and the model are there through <see cref="GetService"/>.
/// </para>
/// <para>
/// Thread-safe. The model is loaded at the first call, where it is not loaded yet. Computing happens on threads of the pool: the
/// caller's thread is free while it awaits. Disposing a generator does nothing: its model belongs to the container or to the caller.
/// </para>
/// <para>
/// A vector store that is given this object finds records by text and by image. A property of type <see cref="DataContent"/> that the
/// store itself embeds has to be defined as <c>VectorStoreVectorProperty&lt;DataContent&gt;</c>, or needs <see cref="ImagesOnly"/>.
/// </para>
/// </remarks>
public sealed class ClipEmbeddingGenerator
    : IEmbeddingGenerator<string, Embedding<float>>, IEmbeddingGenerator<DataContent, Embedding<float>>, IEmbeddingGenerator<ImageSource, Embedding<float>>
{
    private readonly ModelWorker _worker;
    private EmbeddingGeneratorMetadata? _metadata;

    /// <summary>Makes a generator of a loaded model.</summary>
    /// <param name="clip">The model; it is borrowed.</param>
    public ClipEmbeddingGenerator(ClipModel clip)
        : this(ModelWorker.Of(clip))
    {
    }

    internal ClipEmbeddingGenerator(ModelWorker worker)
    {
        _worker = worker;
        ImagesOnly = new SingleInputGenerator<DataContent>(this);
        TextsOnly = new SingleInputGenerator<string>(this);
    }

    /// <summary>The same generator for images alone, for callers that look at which inputs a generator takes.</summary>
    public IEmbeddingGenerator<DataContent, Embedding<float>> ImagesOnly { get; }

    /// <summary>The same generator for texts alone.</summary>
    public IEmbeddingGenerator<string, Embedding<float>> TextsOnly { get; }

#pragma warning disable RS0026, RS0027 // The overloads differ in what is embedded, which is never left out.

    /// <summary>Embeds texts.</summary>
    /// <param name="values">The texts.</param>
    /// <param name="options">
    /// What has to be so: <see cref="EmbeddingGenerationOptions.ModelId"/> and <see cref="EmbeddingGenerationOptions.Dimensions"/> are
    /// compared with the model's. The other options have no meaning here.
    /// </param>
    /// <param name="cancellationToken">Ends the work between batches.</param>
    /// <returns>A vector for each text, and in <see cref="GeneratedEmbeddings{TEmbedding}.Usage"/> the texts' tokens.</returns>
    /// <exception cref="ArgumentException">A text is null or too long, or the options ask for another model or size.</exception>
    /// <exception cref="InvalidOperationException">The model has no tokenizer.</exception>
    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        RequireModel(options);
        var texts = values.ToList();
        for (var i = 0; i < texts.Count; i++)
            RequireValue(texts[i], i);

        var (vectors, tokens) = await _worker.RunAsync(
            ClipTelemetry.EmbedTextsActivity, texts.Count, clip => EmbedTexts(clip, texts, options, cancellationToken), cancellationToken)
            .ConfigureAwait(false);
        var embeddings = Wrap(vectors);
        embeddings.Usage = new UsageDetails { InputTokenCount = tokens, TotalTokenCount = tokens };
        return embeddings;
    }

    /// <summary>Embeds images.</summary>
    /// <param name="values">The bytes of image files, with a media type of <c>image/*</c>. The bytes say themselves which format they have.</param>
    /// <param name="options">As for texts.</param>
    /// <param name="cancellationToken">Ends the work between batches.</param>
    /// <returns>A vector for each image.</returns>
    /// <exception cref="ArgumentException">A value is null or no image, or the options ask for another model or size.</exception>
    /// <exception cref="ImageDecodingException">An image cannot be read; the message has its place and its name.</exception>
    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<DataContent> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        RequireModel(options);
        var images = values.Select(ToSource).ToList();
        return await GenerateAsync(images, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Embeds images: files, encoded bytes, streams, bitmaps, pixels.</summary>
    /// <param name="values">The images; streams are read once.</param>
    /// <param name="options">As for texts.</param>
    /// <param name="cancellationToken">Ends the work between batches.</param>
    /// <returns>A vector for each image.</returns>
    /// <exception cref="ArgumentException">A value is null, or the options ask for another model or size.</exception>
    /// <exception cref="ImageDecodingException">An image cannot be read; the message has its name.</exception>
    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<ImageSource> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        RequireModel(options);
        var images = values.ToList();
        for (var i = 0; i < images.Count; i++)
            RequireValue(images[i], i);
        var vectors = await _worker.RunAsync(
            ClipTelemetry.EmbedImagesActivity, images.Count, clip => EmbedImages(clip, images, options, cancellationToken), cancellationToken)
            .ConfigureAwait(false);
        return Wrap(vectors);
    }

    /// <summary>Embeds a text.</summary>
    /// <inheritdoc cref="GenerateAsync(IEnumerable{string}, EmbeddingGenerationOptions?, CancellationToken)" path="/remarks | /exception"/>
    /// <param name="value">The text.</param>
    /// <param name="options">As for texts.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Its vector, with the model's name.</returns>
    public async Task<Embedding<float>> GenerateAsync(
        string value, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
        (await GenerateAsync([value], options, cancellationToken).ConfigureAwait(false))[0];

    /// <summary>Embeds an image.</summary>
    /// <inheritdoc cref="GenerateAsync(IEnumerable{DataContent}, EmbeddingGenerationOptions?, CancellationToken)" path="/remarks | /exception"/>
    /// <param name="value">The image.</param>
    /// <param name="options">As for texts.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Its vector, with the model's name.</returns>
    public async Task<Embedding<float>> GenerateAsync(
        DataContent value, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
        (await GenerateAsync([value], options, cancellationToken).ConfigureAwait(false))[0];

    /// <summary>Embeds an image.</summary>
    /// <inheritdoc cref="GenerateAsync(IEnumerable{ImageSource}, EmbeddingGenerationOptions?, CancellationToken)" path="/remarks | /exception"/>
    /// <param name="value">The image. A path needs the cast <c>(ImageSource)path</c>: a string is a text.</param>
    /// <param name="options">As for texts.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Its vector, with the model's name.</returns>
    public async Task<Embedding<float>> GenerateAsync(
        ImageSource value, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
        (await GenerateAsync([value], options, cancellationToken).ConfigureAwait(false))[0];

    /// <summary>Embeds a text.</summary>
    /// <inheritdoc cref="GenerateAsync(string, EmbeddingGenerationOptions?, CancellationToken)"/>
    /// <returns>Its vector, of unit length.</returns>
    public async Task<ReadOnlyMemory<float>> GenerateVectorAsync(
        string value, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
        (await GenerateAsync(value, options, cancellationToken).ConfigureAwait(false)).Vector;

    /// <summary>Embeds an image.</summary>
    /// <inheritdoc cref="GenerateAsync(DataContent, EmbeddingGenerationOptions?, CancellationToken)"/>
    /// <returns>Its vector, of unit length.</returns>
    public async Task<ReadOnlyMemory<float>> GenerateVectorAsync(
        DataContent value, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
        (await GenerateAsync(value, options, cancellationToken).ConfigureAwait(false)).Vector;

    /// <summary>Embeds an image.</summary>
    /// <inheritdoc cref="GenerateAsync(ImageSource, EmbeddingGenerationOptions?, CancellationToken)"/>
    /// <returns>Its vector, of unit length.</returns>
    public async Task<ReadOnlyMemory<float>> GenerateVectorAsync(
        ImageSource value, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
        (await GenerateAsync(value, options, cancellationToken).ConfigureAwait(false)).Vector;

#pragma warning restore RS0026, RS0027

    /// <summary>What this generator is and holds.</summary>
    /// <param name="serviceType">
    /// <see cref="EmbeddingGeneratorMetadata"/> (its dimensions are known once the model is loaded), <see cref="ClipModel"/> (null until it
    /// is loaded), <see cref="IClipModelProvider"/>, or a type of this object.
    /// </param>
    /// <param name="serviceKey">Null; there is nothing under other keys.</param>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        if (serviceKey is not null)
            return null;
        if (serviceType == typeof(EmbeddingGeneratorMetadata))
            return GetMetadata();
        if (serviceType == typeof(ClipModel))
            return _worker.Provider.TryGet(out var model) ? model : null;
        if (serviceType == typeof(IClipModelProvider))
            return _worker.Provider;
        return serviceType.IsInstanceOfType(this) ? this : null;
    }

    /// <summary>Does nothing: the model belongs to others.</summary>
    public void Dispose()
    {
    }

    private static (float[][] Vectors, long Tokens) EmbedTexts(
        ClipModel clip, List<string> texts, EmbeddingGenerationOptions? options, CancellationToken cancellationToken)
    {
        RequireDimensions(clip, options);
        if (texts.Count == 0)
            return ([], 0);
        var vectors = clip.EmbedTexts(texts, cancellationToken: cancellationToken);
        return (vectors, texts.Sum(text => (long)clip.Tokenizer.CountTokens(text)));
    }

    private static float[][] EmbedImages(
        ClipModel clip, List<ImageSource> images, EmbeddingGenerationOptions? options, CancellationToken cancellationToken)
    {
        RequireDimensions(clip, options);
        return images.Count == 0 ? [] : clip.EmbedImages(images, cancellationToken: cancellationToken);
    }

    private static ImageSource ToSource(DataContent content, int index)
    {
        RequireValue(content, index);
        if (!content.HasTopLevelMediaType("image"))
        {
            throw new ArgumentException(
                $"values[{index}] is {content.MediaType}, and images are image/*; texts are embedded as strings.", "values");
        }
        return ImageSource.FromBytes(content.Data, string.IsNullOrEmpty(content.Name) ? $"values[{index}]" : $"values[{index}] ({content.Name})");
    }

    private static void RequireValue(object? value, int index)
    {
        if (value is null)
            throw new ArgumentException($"values[{index}] is null.", "values");
    }

    private static void RequireDimensions(ClipModel clip, EmbeddingGenerationOptions? options)
    {
        if (options?.Dimensions is { } dimensions && dimensions != clip.EmbeddingSize)
        {
            throw new ArgumentException(
                $"Embeddings of this model have {clip.EmbeddingSize} dimensions, and the options ask for {dimensions}; leave Dimensions out.",
                nameof(options));
        }
    }

    private void RequireModel(EmbeddingGenerationOptions? options)
    {
        if (options?.ModelId is { } id && id != _worker.ModelName)
        {
            throw new ArgumentException(
                $"This generator has the model '{_worker.ModelName}', and the options ask for '{id}'; register that model with AddKeyedClip.",
                nameof(options));
        }
    }

    private GeneratedEmbeddings<Embedding<float>> Wrap(float[][] vectors)
    {
        var now = DateTimeOffset.UtcNow;
        return new(vectors.Select(vector => new Embedding<float>(vector) { CreatedAt = now, ModelId = _worker.ModelName }));
    }

    private EmbeddingGeneratorMetadata GetMetadata()
    {
        if (_metadata is { } known)
            return known;
        var size = _worker.Provider.TryGet(out var model) ? model.EmbeddingSize : (int?)null;
        var metadata = new EmbeddingGeneratorMetadata("clip", providerUri: null, _worker.ModelName, size);
        if (size is not null)
            _metadata = metadata;
        return metadata;
    }
}
