using System.Diagnostics;
using Clip.Tokenization;

namespace Clip.ZeroShot.ClassBanks;

/// <summary>Prompts to class rows, a chunk of prompts at a time.</summary>
internal sealed class ClassEmbedder(ClipModel clip, PromptList prompts, IProgress<ClassBankProgress>? progress)
{
    // Enough for the model to sort by length and fill its passes; 4,096 rows of 1,024 elements are 16 MB.
    private const int PromptsPerChunk = 4096;

    /// <summary>The rows of all classes, [C, E].</summary>
    public float[] Embed(CancellationToken cancellationToken)
    {
        var rows = new ClassRows(prompts, clip.EmbeddingSize);
        var watch = Stopwatch.StartNew();
        var completed = 0L;
        foreach (var chunk in prompts.All().Chunk(PromptsPerChunk))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var embeddings = Embed(chunk, cancellationToken);
            for (var i = 0; i < chunk.Length; i++)
                rows.Add(chunk[i], embeddings[i]);

            completed += chunk.Length;
            progress?.Report(new ClassBankProgress(completed, prompts.Count, completed / watch.Elapsed.TotalSeconds));
        }
        return rows.ToClasses();
    }

    private float[][] Embed(Prompt[] chunk, CancellationToken cancellationToken)
    {
        try
        {
            return clip.EmbedTexts(Array.ConvertAll(chunk, prompt => prompt.Text), null, cancellationToken);
        }
        catch (ArgumentException e) when (FindTooLong(chunk) is { } prompt)
        {
            throw new ArgumentException(
                $"The prompt \"{prompt.Text}\" of class {prompts.ClassOf(prompt)} does not fit the model's context of "
                + $"{clip.Tokenizer.ContextLength} tokens. Shorten it, or load the model with {nameof(ClipModelOptions.TextOverflow)}.",
                "classNames",
                e);
        }
    }

    private Prompt? FindTooLong(Prompt[] chunk)
    {
        if (clip.Tokenizer.Overflow != TokenOverflow.Throw)
            return null;
        foreach (var prompt in chunk)
        {
            if (!clip.Tokenizer.Fit(prompt.Text).Fits)
                return prompt;
        }
        return null;
    }
}
