using Clip.Kernels.Contracts;

namespace Clip.Models;

/// <summary>A layer that kernels for training compute, where there are some and they serve its inputs.</summary>
internal interface ITrainedLayer
{
    /// <summary>The kernels; null for libtorch's operators.</summary>
    ITrainingKernels? Kernels { get; set; }
}
