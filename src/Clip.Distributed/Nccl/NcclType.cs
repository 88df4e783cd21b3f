namespace Clip.Distributed.Nccl;

/// <summary>Types of elements that ranks exchange.</summary>
/// <remarks>nccl.h: <c>ncclDataType_t</c>.</remarks>
internal enum NcclType
{
    Int64 = 4,
    Float32 = 7,
    Float64 = 8,
}
