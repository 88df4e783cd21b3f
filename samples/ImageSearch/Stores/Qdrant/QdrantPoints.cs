using Qdrant.Client.Grpc;

namespace ImageSearch;

/// <summary>From records to Qdrant's points and back.</summary>
internal static class QdrantPoints
{
    /// <summary>The point of a record.</summary>
    public static PointStruct Of(ImageRecord record) => new()
    {
        Id = record.Id,
        Vectors = record.Vector.ToArray(),
        Payload =
        {
            [nameof(ImageRecord.Title)] = record.Title,
            [nameof(ImageRecord.ContentType)] = record.ContentType,
            [nameof(ImageRecord.Width)] = record.Width,
            [nameof(ImageRecord.Height)] = record.Height,
            [nameof(ImageRecord.Bytes)] = record.Bytes,
            [nameof(ImageRecord.Added)] = record.Added.ToUnixTimeMilliseconds(),
        },
    };

    /// <summary>The record of a point.</summary>
    /// <param name="id">Its key.</param>
    /// <param name="payload">Its fields.</param>
    /// <param name="vectors">Its vector; null where it was not asked for.</param>
    public static ImageRecord ToRecord(PointId id, IReadOnlyDictionary<string, Value> payload, VectorsOutput? vectors) => new()
    {
        Id = Guid.Parse(id.Uuid),
        Title = payload[nameof(ImageRecord.Title)].StringValue,
        ContentType = payload[nameof(ImageRecord.ContentType)].StringValue,
        Width = (int)payload[nameof(ImageRecord.Width)].IntegerValue,
        Height = (int)payload[nameof(ImageRecord.Height)].IntegerValue,
        Bytes = payload[nameof(ImageRecord.Bytes)].IntegerValue,
        Added = DateTimeOffset.FromUnixTimeMilliseconds(payload[nameof(ImageRecord.Added)].IntegerValue),
        Vector = vectors?.Vector?.GetDenseVector() is { } dense ? dense.Data.ToArray() : ReadOnlyMemory<float>.Empty,
    };
}
