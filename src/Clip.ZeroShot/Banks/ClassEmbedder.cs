using System.Diagnostics;
using System.Numerics.Tensors;
using Clip.Tokenization;

namespace Clip.ZeroShot.Banks;

/// <summary>Prompts to class rows, a chunk of prompts at a time.</summary>
internal sealed class ClassEmbedder(ClipModel clip, PromptList prompts, IProgress<ClassBankProgress>? progress)
{
    // Enough for the model to sort by length and fill its passes; 4,096 rows of 1,024 numbers are 16 MB.
    private const int PromptsPerChunk = 4096;

    private readonly double[] _sum = new double[clip.EmbeddingSize];
    private readonly double[] _row = new double[clip.EmbeddingSize];

    /// <summary>The rows of all classes, [C, E].</summary>
    public float[] Embed(CancellationToken cancellationToken)
    {
        var rows = new float[checked(prompts.Names * clip.EmbeddingSize)];
        var watch = Stopwatch.StartNew();
        var completed = 0L;
        foreach (var chunk in prompts.All().Chunk(PromptsPerChunk))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var embeddings = Embed(chunk, cancellationToken);
            for (var i = 0; i < chunk.Length; i++)
                Add(chunk[i], embeddings[i], rows);

            completed += chunk.Length;
            progress?.Report(new ClassBankProgress(completed, prompts.Count, completed / watch.Elapsed.TotalSeconds));
        }
        return prompts.RowOfClass.Length == prompts.Names ? rows : Repeat(rows);
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
                $"The prompt \"{prompt.Text}\" of class {Array.IndexOf(prompts.RowOfClass, prompt.Name)} does not fit the model's context of "
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

    // Prompts come class by class, so one sum is enough. In double, the order of many prompts does not show.
    private void Add(Prompt prompt, float[] embedding, float[] rows)
    {
        if (prompt.Template == 0)
            Array.Clear(_sum);
        TensorPrimitives.ConvertChecked<float, double>(embedding, _row);
        TensorPrimitives.MultiplyAdd(_row, prompts.Weight(prompt.Template), _sum, _sum);
        if (prompt.Template + 1 < prompts.PerName)
            return;

        var length = TensorPrimitives.Norm<double>(_sum);
        if (!(length > 0 && double.IsFinite(length)))
            throw new InvalidOperationException($"The prompts of class {Array.IndexOf(prompts.RowOfClass, prompt.Name)}, such as \"{prompt.Text}\", have no mean direction; the weights are broken.");
        TensorPrimitives.Divide(_sum, length, _row);
        TensorPrimitives.ConvertTruncating<double, float>(_row, rows.AsSpan(prompt.Name * _row.Length, _row.Length));
    }

    private float[] Repeat(float[] rows)
    {
        var size = clip.EmbeddingSize;
        var repeated = new float[checked(prompts.RowOfClass.Length * size)];
        for (var i = 0; i < prompts.RowOfClass.Length; i++)
            rows.AsSpan(prompts.RowOfClass[i] * size, size).CopyTo(repeated.AsSpan(i * size));
        return repeated;
    }
}
