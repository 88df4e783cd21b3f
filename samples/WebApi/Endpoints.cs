using Clip;
using Clip.DependencyInjection;
using Clip.Preprocessing;
using Clip.ZeroShot;
using Microsoft.Extensions.AI;
using Web.Shared;

namespace WebApi;

/// <summary>What the routes answer.</summary>
internal static class Endpoints
{
    /// <summary>The most probable labels of an image.</summary>
    public static async Task<ClassifyAnswer> ClassifyAsync(
        HttpRequest request,
        [FromKeyedServices(Application.DefaultLabels)] ImageClassifier classifier,
        Uploads uploads,
        Computing computing,
        LabelBanks banks,
        IClipModelProvider models,
        Waiting waiting,
        CancellationToken cancellationToken,
        int top = 5)
    {
        if (top < 1)
            throw new BadHttpRequestException($"top is {top} and has to be at least 1.");
        using var upload = await uploads.ReadImageAsync(request);
        var model = await waiting.ForAsync(models.GetAsync(cancellationToken), cancellationToken);
        var bank = upload.Labels.Count > 0 ? await banks.GetAsync(upload.Labels, waiting, cancellationToken) : null;
        if (bank is null)
            await waiting.ForAsync(classifier.GetAsync(cancellationToken), cancellationToken);

        var predictions = await computing.RunAsync(
            upload,
            () => bank is null ? classifier.ClassifyAsync(upload.Image, top, cancellationToken) : Task.Run(() => Classify(model, bank, upload.Image, top)),
            waiting,
            cancellationToken);
        return new ClassifyAnswer([.. predictions.Select(prediction => new LabelAnswer(prediction.ClassName, prediction.Probability))]);
    }

    /// <summary>The embedding of an image, or of the texts of a JSON array.</summary>
    public static async Task<EmbedAnswer> EmbedAsync(
        HttpRequest request,
        ClipEmbeddingGenerator generator,
        Uploads uploads,
        Computing computing,
        IClipModelProvider models,
        Waiting waiting,
        CancellationToken cancellationToken)
    {
        if (request.HasJsonContentType())
        {
            var texts = await uploads.ReadTextsAsync(request);
            await waiting.ForAsync(models.GetAsync(cancellationToken), cancellationToken);
            var embeddings = await computing.RunAsync(() => EmbedTextsAsync(generator, texts, cancellationToken), waiting, cancellationToken);
            return new EmbedAnswer([.. embeddings.Select(embedding => embedding.Vector)]);
        }
        using var upload = await uploads.ReadImageAsync(request);
        var model = await waiting.ForAsync(models.GetAsync(cancellationToken), cancellationToken);
        return new EmbedAnswer([await computing.RunAsync(upload, () => Task.Run(() => model.EmbedImage(upload.Image)), waiting, cancellationToken)]);
    }

    private static IReadOnlyList<ClassPrediction> Classify(ClipModel model, ClassBank bank, ImageSource image, int top)
    {
        using var classifier = new ZeroShotClassifier(model, bank);
        return classifier.Classify(image, top);
    }

    private static async Task<GeneratedEmbeddings<Embedding<float>>> EmbedTextsAsync(
        ClipEmbeddingGenerator generator, string[] texts, CancellationToken cancellationToken)
    {
        try
        {
            return await generator.GenerateAsync(texts, cancellationToken: cancellationToken);
        }
        catch (ArgumentException exception)
        {
            throw new BadHttpRequestException(exception.Message, exception);
        }
    }
}

/// <summary>The answer of <c>POST /classify</c>.</summary>
/// <param name="Labels">The most probable first.</param>
internal sealed record ClassifyAnswer(IReadOnlyList<LabelAnswer> Labels);

/// <summary>One label of an answer.</summary>
/// <param name="Label">The label.</param>
/// <param name="Probability">Its probability among the labels, from 0 to 1.</param>
internal sealed record LabelAnswer(string Label, float Probability);

/// <summary>The answer of <c>POST /embed</c>.</summary>
/// <param name="Embeddings">Vectors of unit length.</param>
internal sealed record EmbedAnswer(IReadOnlyList<ReadOnlyMemory<float>> Embeddings);
