using Clip.Losses.Chunks;
using Clip.Shared;

namespace Clip.Losses;

/// <summary>Distillation: the student's distribution over texts for each image, and over images for each text, shall be the teacher's.</summary>
/// <remarks>
/// <para>
/// The cross-entropy of the student's softmax under the teacher's, averaged over images and texts. Nothing flows back to the
/// teacher. Teacher and student may have different embedding sizes. It is usually added to <see cref="ClipLoss"/>.
/// </para>
/// <para>
/// The chunked form holds [chunk, N] matrices instead of [N, N], and computes the same value and the same gradients. Its
/// gradients are computed together with its value, so they cannot be differentiated again.
/// </para>
/// <para>Source: Hinton et al. 2015, "Distilling the Knowledge in a Neural Network", section 2, on the logits of Radford et al. 2021.</para>
/// </remarks>
public sealed class DistillationLoss : nn.Module<Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor>
{
    private readonly int? _chunkSize;
    private readonly bool _normalize;

    /// <summary>Prepares the loss.</summary>
    /// <param name="chunkSize">Rows compared at a time, for memory of [chunk, N]; null for the plain form.</param>
    /// <param name="normalize">Whether all embeddings are brought to unit length first; false when they have it already.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="chunkSize"/> is not positive.</exception>
    public DistillationLoss(int? chunkSize = null, bool normalize = true)
        : base(nameof(DistillationLoss))
    {
        _chunkSize = LossArguments.RequireChunk(chunkSize);
        _normalize = normalize;
    }

    /// <summary>Computes the loss.</summary>
    /// <param name="images">The student's image embeddings [N, E].</param>
    /// <param name="texts">The student's text embeddings [N, E].</param>
    /// <param name="logitScale">The student's multiplier on cosine similarities, a scalar.</param>
    /// <param name="teacherImages">The teacher's embeddings [N, F] of the same images.</param>
    /// <param name="teacherTexts">The teacher's embeddings [N, F] of the same texts.</param>
    /// <param name="teacherLogitScale">The teacher's multiplier, a scalar.</param>
    /// <returns>A scalar, through which gradients reach the student's three arguments.</returns>
    /// <exception cref="ArgumentException">The shapes are not as described.</exception>
    public override Tensor forward(
        Tensor images, Tensor texts, Tensor logitScale, Tensor teacherImages, Tensor teacherTexts, Tensor teacherLogitScale)
    {
        LossArguments.RequirePairs(images, texts);
        LossArguments.RequirePairs(teacherImages, teacherTexts);
        LossArguments.RequireScalar(logitScale, nameof(logitScale));
        LossArguments.RequireScalar(teacherLogitScale, nameof(teacherLogitScale));
        if (teacherImages.shape[0] != images.shape[0])
            throw new ArgumentException($"The student has {images.shape[0]} pairs but the teacher {teacherImages.shape[0]}.", nameof(teacherImages));

        using var scope = NewDisposeScope();
        var dtype = LossArguments.DTypeOf(images);
        var student = Prepare(images, texts, logitScale, dtype);
        var teacher = Prepare(teacherImages.detach(), teacherTexts.detach(), teacherLogitScale.detach(), dtype);
        return (_chunkSize is { } chunk
            ? Surrogate.Of(student, inputs => Chunked(inputs, teacher, chunk))
            : Plain(student, teacher)).MoveToOuterDisposeScope();
    }

    private PairInputs Prepare(Tensor images, Tensor texts, Tensor scale, ScalarType dtype) =>
        new(LossArguments.Prepare(images, dtype, _normalize), LossArguments.Prepare(texts, dtype, _normalize), scale.to(dtype), Bias: null);

    private static Tensor Plain(PairInputs student, PairInputs teacher)
    {
        var logits = Logits.Of(student.Images, student.Texts, student.Scale, null);              // [N, N]
        var targets = Logits.Of(teacher.Images, teacher.Texts, teacher.Scale, null);
        return CrossEntropy(logits, targets).Plus(CrossEntropy(logits.t(), targets.t())).DividedBy(2);

        static Tensor CrossEntropy(Tensor logits, Tensor targets) =>
            -(targets.softmax(1) * logits.log_softmax(1)).sum(1).mean();
    }

    private static PairGradients Chunked(PairInputs student, PairInputs teacher, int chunk)
    {
        var images = RowCrossEntropy.Compute(student, new TeacherTargets(teacher), chunk);
        var texts = RowCrossEntropy.Compute(student.Swapped(), new TeacherTargets(teacher.Swapped()), chunk);
        return new PairGradients(
            images.Value.Plus(texts.Value).DividedBy(2),
            images.Images.Plus(texts.Texts).DividedBy(2),
            images.Texts.Plus(texts.Images).DividedBy(2),
            images.Scale.Plus(texts.Scale).DividedBy(2),
            images.Bias.Plus(texts.Bias).DividedBy(2));
    }
}
