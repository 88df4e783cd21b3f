using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Numerics.Tensors;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Qdrant.Client.Grpc;

namespace ImageSearch.Tests.Support;

/// <summary>Answers the calls of Qdrant's client that the sample makes, from memory, as Qdrant's documentation has them: what the client sends is seen, what a server makes of it is not.</summary>
internal sealed class QdrantStandIn : IAsyncDisposable
{
    private const int PrefixBytes = 5;

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, SortedDictionary<Guid, PointStruct>> _collections = new();

    private QdrantStandIn()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(server => server.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        _app = builder.Build();
        Map("Collections/CollectionExists", CollectionExistsRequest.Parser, request => new CollectionExistsResponse { Result = new CollectionExists { Exists = _collections.ContainsKey(request.CollectionName) } });
        Map("Collections/Create", CreateCollection.Parser, request => new CollectionOperationResponse { Result = _collections.TryAdd(request.CollectionName, []) });
        Map("Collections/Delete", DeleteCollection.Parser, request => new CollectionOperationResponse { Result = _collections.TryRemove(request.CollectionName, out _) });
        Map("Points/Upsert", UpsertPoints.Parser, request => Change(request.CollectionName, points =>
        {
            foreach (var point in request.Points)
                points[Id(point.Id)] = point;
        }));
        Map("Points/Delete", DeletePoints.Parser, request => Change(request.CollectionName, points =>
        {
            foreach (var id in request.Points.Points.Ids)
                points.Remove(Id(id));
        }));
        Map("Points/Get", GetPoints.Parser, request => Read(request.CollectionName, points => new GetResponse
        {
            Result = { request.Ids.Select(Id).Where(points.ContainsKey).Select(id => Retrieved(points[id], request.WithVectors.Enable)) },
        }));
        Map("Points/Scroll", ScrollPoints.Parser, request => Read(request.CollectionName, points =>
        {
            var page = points.Where(point => request.Offset is null || point.Key >= Id(request.Offset)).Take((int)request.Limit + 1).ToList();
            var response = new ScrollResponse { Result = { page.Take((int)request.Limit).Select(point => Retrieved(point.Value, request.WithVectors.Enable)) } };
            if (page.Count > request.Limit)
                response.NextPageOffset = page[^1].Key;
            return response;
        }));
        Map("Points/Query", QueryPoints.Parser, request => Read(request.CollectionName, points =>
        {
            var query = request.Query.Nearest.Dense.Data.ToArray();
            var closest = points.Values.Select(point => (Point: point, Score: TensorPrimitives.CosineSimilarity<float>(Vector(point), query))).OrderByDescending(point => point.Score);
            return new QueryResponse
            {
                Result = { closest.Skip((int)request.Offset).Take((int)request.Limit).Select(found => new ScoredPoint { Id = found.Point.Id, Score = found.Score, Payload = { found.Point.Payload } }) },
            };
        }));
    }

    public string Address => _app.Urls.Single();

    public static async Task<QdrantStandIn> StartAsync()
    {
        var server = new QdrantStandIn();
        await server._app.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static Guid Id(PointId id) => Guid.Parse(id.Uuid);

    private static float[] Vector(PointStruct point) => [.. point.Vectors.Vector.Dense.Data];

    private static RetrievedPoint Retrieved(PointStruct point, bool withVector) => new()
    {
        Id = point.Id,
        Payload = { point.Payload },
        Vectors = withVector ? new VectorsOutput { Vector = new VectorOutput { Dense = new DenseVector { Data = { Vector(point) } } } } : null,
    };

    private PointsOperationResponse Change(string collection, Action<SortedDictionary<Guid, PointStruct>> change) => Read(collection, points =>
    {
        change(points);
        return new PointsOperationResponse { Result = new UpdateResult { Status = UpdateStatus.Completed } };
    });

    private T Read<T>(string collection, Func<SortedDictionary<Guid, PointStruct>, T> read)
    {
        var points = _collections[collection];
        lock (points)
            return read(points);
    }

    // gRPC over HTTP/2: a message behind a byte that says whether it is packed, and its length; the status in a trailer.
    private void Map<TRequest, TResponse>(string method, MessageParser<TRequest> parser, Func<TRequest, TResponse> answer)
        where TRequest : IMessage<TRequest>
        where TResponse : IMessage => _app.MapPost($"/qdrant.{method}", async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            var message = answer(parser.ParseFrom(body.GetBuffer(), PrefixBytes, (int)body.Length - PrefixBytes)).ToByteArray();
            var prefix = new byte[PrefixBytes];
            BinaryPrimitives.WriteInt32BigEndian(prefix.AsSpan(1), message.Length);
            context.Response.ContentType = "application/grpc";
            await context.Response.Body.WriteAsync(prefix);
            await context.Response.Body.WriteAsync(message);
            context.Response.AppendTrailer("grpc-status", "0");
        });
}
