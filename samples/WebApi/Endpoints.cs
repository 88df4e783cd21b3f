using Clip;
using Clip.DependencyInjection;
using Clip.ZeroShot;
using Microsoft.Extensions.AI;

namespace WebApi;

/// <summary>What the routes answer.</summary>
internal static class Endpoints
{
    /// <summary>The most probable labels of a picture.</summary>
    public static async Task<ClassifyAnswer> ClassifyAsync(
        HttpRequest request,
        [FromKeyedServices(Application.DefaultLabels)] ImageClassifier classifier,
        IClipModelProvider models,
        CancellationToken cancellationToken,
        int top = 5)
    {
        if (top < 1)
            throw new BadHttpRequestException($"top is {top} and has to be at least 1.");
        var upload = await Upload.ReadAsync(request, cancellationToken);
        var predictions = upload.Labels.Length == 0
            ? await classifier.ClassifyAsync(upload.Image, top, cancellationToken)
            : await ClassifyOwnAsync(upload, await models.GetAsync(cancellationToken), top, cancellationToken);
        return new ClassifyAnswer([.. predictions.Select(prediction => new LabelAnswer(prediction.ClassName, prediction.Probability))]);
    }

    /// <summary>The embedding of a picture, or of the texts of a JSON array.</summary>
    public static async Task<EmbedAnswer> EmbedAsync(
        HttpRequest request, ClipEmbeddingGenerator generator, IClipModelProvider models, CancellationToken cancellationToken)
    {
        if (request.HasJsonContentType())
        {
            var texts = await request.ReadFromJsonAsync<string[]>(cancellationToken) ?? [];
            var embeddings = await generator.GenerateAsync(texts, cancellationToken: cancellationToken);
            return new EmbedAnswer([.. embeddings.Select(embedding => embedding.Vector)]);
        }
        var upload = await Upload.ReadAsync(request, cancellationToken);
        var model = await models.GetAsync(cancellationToken);
        return new EmbedAnswer([await Task.Run(() => model.EmbedImage(upload.Image), cancellationToken)]);
    }

    private static Task<IReadOnlyList<ClassPrediction>> ClassifyOwnAsync(Upload upload, ClipModel model, int top, CancellationToken cancellationToken) =>
        Task.Run(
            () =>
            {
                using var own = new ZeroShotClassifier(model, upload.Labels, PromptTemplates.None, cancellationToken: cancellationToken);
                return own.Classify(upload.Image, top);
            },
            cancellationToken);
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
