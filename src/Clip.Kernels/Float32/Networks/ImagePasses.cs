using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Threads;

namespace Clip.Kernels.Float32.Networks;

/// <summary>Passes of the images of a batch through a network, one image at a time.</summary>
internal static unsafe class ImagePasses
{
    /// <summary>Computes one image.</summary>
    /// <param name="team">Who works on it.</param>
    /// <param name="image">Its number in the batch.</param>
    /// <param name="scratch">The address of scratch memory of the team.</param>
    public delegate void Compute(ThreadTeam team, nint image, nint scratch);

    /// <summary>Computes what a network makes of one image.</summary>
    /// <param name="team">Who works on it.</param>
    /// <param name="pixels">The image, [C, H, W].</param>
    /// <param name="scratch">Scratch memory of the team.</param>
    /// <param name="output">Where to write it.</param>
    public delegate void Encode(ThreadTeam team, float* pixels, float* scratch, float* output);

    /// <summary>Maps pixels to what a network makes of them, in float32.</summary>
    /// <param name="memory">Where scratch memory comes from.</param>
    /// <param name="pixels">[N, C, H, W].</param>
    /// <param name="outputShape">The shape of what it makes of one image.</param>
    /// <param name="scratchLength">Elements of scratch memory that a team of so many threads needs.</param>
    /// <param name="encode">Computes one image.</param>
    /// <returns>[N, output's shape].</returns>
    public static Tensor Map(Scratch memory, Tensor pixels, long[] outputShape, Func<int, nint> scratchLength, Encode encode)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var input = pixels.to(ScalarType.Float32).contiguous();
        var output = empty([input.shape[0], .. outputShape], ScalarType.Float32);
        var (size, outputSize) = ((nint)(input.shape[1] * input.shape[2] * input.shape[3]), (nint)outputShape.Aggregate(1L, (product, side) => product * side));
        var source = TensorMemory.Pointer<float>(input);
        var target = TensorMemory.Pointer<float>(output);
        Run(memory, (nint)input.shape[0], scratchLength, (team, image, scratch) => encode(team, source + image * size, (float*)scratch, target + image * outputSize));
        return output.MoveToOuterDisposeScope();
    }

    /// <summary>Computes all images. Where there are enough, each thread takes whole ones; where there are few, all share each.</summary>
    /// <param name="memory">Where scratch memory comes from.</param>
    /// <param name="images">How many images there are.</param>
    /// <param name="scratchLength">Elements of scratch memory that a team of so many threads needs.</param>
    /// <param name="compute">Computes one.</param>
    public static void Run(Scratch memory, nint images, Func<int, nint> scratchLength, Compute compute)
    {
        var threads = get_num_threads();
        if (images < threads)
        {
            using var shared = memory.Rent(scratchLength(threads));
            var address = (nint)shared.Pointer;
            KernelThreads.Shared.Run(threads, team =>
            {
                for (nint image = 0; image < images; image++)
                    compute(team, image, address);
            });
            return;
        }

        var next = -1;
        KernelThreads.Shared.Run(threads, _ =>
        {
            using var own = memory.Rent(scratchLength(1));
            for (nint image = Interlocked.Increment(ref next); image < images; image = Interlocked.Increment(ref next))
                compute(ThreadTeam.Alone, image, (nint)own.Pointer);
        });
    }
}
