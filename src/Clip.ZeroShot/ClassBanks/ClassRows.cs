namespace Clip.ZeroShot.ClassBanks;

/// <summary>Prompts' embeddings to class rows, one prompt after another: their mean, scaled to unit length.</summary>
/// <remarks>Plain loops: each prompt went through a network before, and .NET compiles the vector forms of System.Numerics.Tensors in every process, for longer than they run.</remarks>
internal sealed class ClassRows(PromptList prompts, int size)
{
    private readonly float[] _rows = new float[checked(prompts.Names * size)];
    private readonly double[] _sum = new double[size];

    /// <summary>Takes the next prompt of <see cref="PromptList.All"/>.</summary>
    /// <param name="prompt">The prompt; prompts come name by name, so one sum is enough.</param>
    /// <param name="embedding">Its embedding, of unit length.</param>
    public void Add(Prompt prompt, ReadOnlySpan<float> embedding)
    {
        if (prompt.Template == 0)
            Array.Clear(_sum);
        double weight = prompts.Weight(prompt.Template);
        for (var i = 0; i < _sum.Length; i++)
            _sum[i] += embedding[i] * weight;
        if (prompt.Template + 1 < prompts.PerName)
            return;

        // The number of prompts cancels out: the mean and the sum have the same direction.
        var length = Length(_sum);
        if (!(length > 0 && double.IsFinite(length)))
        {
            throw new InvalidOperationException(
                $"The prompts of class {prompts.ClassOf(prompt)}, such as \"{prompt.Text}\", have no mean direction; the weights are broken.");
        }
        var row = _rows.AsSpan(prompt.Name * size, size);
        for (var i = 0; i < row.Length; i++)
            row[i] = (float)(_sum[i] / length);
    }

    /// <summary>The rows of all classes, [C, E]; classes of the same name have the same.</summary>
    public float[] ToClasses()
    {
        if (prompts.RowOfClass.Length == prompts.Names)
            return _rows;

        var rows = new float[checked(prompts.RowOfClass.Length * size)];
        for (var i = 0; i < prompts.RowOfClass.Length; i++)
            _rows.AsSpan(prompts.RowOfClass[i] * size, size).CopyTo(rows.AsSpan(i * size));
        return rows;
    }

    private static double Length(double[] vector)
    {
        var squares = 0.0;
        foreach (var number in vector)
            squares += number * number;
        return Math.Sqrt(squares);
    }
}
