using System.Text.Json.Serialization;

namespace Clip.Distributed.Nccl;

/// <summary>The id of a communicator, and for whom it is.</summary>
/// <param name="Id">Its bytes.</param>
/// <param name="Numbers">What the ranks drew that it is for.</param>
internal sealed record GivenId(byte[] Id, string[] Numbers);

/// <summary>How it is written and read, generated at build time.</summary>
[JsonSerializable(typeof(GivenId))]
internal sealed partial class GivenIdJson : JsonSerializerContext;
