namespace Clip.Losses.Chunks;

/// <summary>The softmax of a teacher's logits.</summary>
/// <param name="teacher">What the teacher compares; rows and columns are the student's.</param>
internal sealed class TeacherTargets(PairInputs teacher) : ITargets
{
    public Tensor Expected(long start, Tensor logits)
    {
        using var scope = NewDisposeScope();
        return (Probabilities(start, logits.shape[0]) * logits).sum(1).MoveToOuterDisposeScope();
    }

    public void SubtractFrom(long start, Tensor probabilities)
    {
        using var expected = Probabilities(start, probabilities.shape[0]);
        probabilities.sub_(expected);
    }

    private Tensor Probabilities(long start, long rows)
    {
        using var scope = NewDisposeScope();
        var logits = Logits.Of(teacher.Images.narrow(0, start, rows), teacher.Texts, teacher.Scale, null);
        return logits.softmax(1).MoveToOuterDisposeScope();
    }
}
