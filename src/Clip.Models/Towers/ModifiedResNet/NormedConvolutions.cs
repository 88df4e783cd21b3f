using Clip.Kernels.Weights;

namespace Clip.Models;

/// <summary>Joins the modules of a convolution and its batch norm for a kernel.</summary>
internal static class NormedConvolutions
{
    /// <summary>The weights of both; the norm's are not copied.</summary>
    public static NormedConvolution Join(Conv2d convolution, MapBatchNorm norm) =>
        new(convolution.weight!, norm.weight!, norm.bias!, norm.running_mean!, norm.running_var!, norm.eps);
}
