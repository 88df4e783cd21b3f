using Amazon.Runtime;
using Amazon.S3;

namespace Clip.Shards.S3.Tests;

/// <summary>Shards that are read from a bucket.</summary>
public sealed class S3ShardInputTests : IAsyncLifetime
{
    private const int PartBytes = 8 << 20;

    private ObjectServer _server = null!;
    private AmazonS3Client _client = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await ObjectServer.StartAsync();
        _client = new AmazonS3Client(
            new BasicAWSCredentials("key", "secret"),
            new AmazonS3Config { ServiceURL = _server.Address, ForcePathStyle = true, AuthenticationRegion = "us-east-1", MaxErrorRetry = 0 });
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(PartBytes, 1)]
    [InlineData(2 * PartBytes + 5, 3)]
    public void Open_AnyLength_ReadsTheObjectInParts(int length, int parts)
    {
        var content = Random(length);
        _server["in/00000.tar"] = content;

        Assert.Equal(content, Read());
        Assert.Equal(parts, _server.Parts);
    }

    [Fact]
    public void Open_ConnectionBreaks_AsksForThePartAgain()
    {
        var content = Random(PartBytes + 1_000);
        _server["in/00000.tar"] = content;
        _server.NextBreak = 100_000;

        Assert.Equal(content, Read());
        Assert.Equal(3, _server.Parts);
    }

    [Fact]
    public void Open_ObjectReplacedMeanwhile_IsRefused()
    {
        _server["in/00000.tar"] = Random(PartBytes + 1_000);
        using var stream = Open("s3://bucket/in/00000.tar")!;
        Assert.Equal(1, stream.Read(new byte[1]));

        _server["in/00000.tar"] = new byte[PartBytes + 1_000];

        Assert.Contains("was replaced while it was read", Assert.Throws<InvalidDataException>(() => stream.CopyTo(Stream.Null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_ObjectIsNotThere_NamesIt() =>
        Assert.Equal("There is no 's3://bucket/in/00000.tar'.", Assert.Throws<FileNotFoundException>(() => Open("s3://bucket/in/00000.tar")).Message);

    [Fact]
    public void Open_ObjectIsForbidden_SaysSo()
    {
        _server["in/00000.tar"] = new byte[10];
        _server.ForbiddenKey = "in/00000.tar";

        Assert.Contains("may not be read with these credentials", Assert.Throws<IOException>(() => Read()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("in/00000.tar")]
    [InlineData("https://bucket/in/00000.tar")]
    [InlineData("pipe:cat s3://bucket/in/00000.tar")]
    public void Open_OtherAddress_IsLeftToOthers(string address) => Assert.Null(Open(address));

    [Theory]
    [InlineData("s3://bucket", "bucket", "")]
    [InlineData("S3://bucket/", "bucket", "")]
    [InlineData("s3://bucket/a/b.tar", "bucket", "a/b.tar")]
    public void Parse_Address_IsBucketAndKey(string text, string bucket, string key) => Assert.Equal(new S3Address(bucket, key), S3Address.Parse(text));

    [Theory]
    [InlineData("s3://")]
    [InlineData("s3:///key")]
    [InlineData("bucket/key")]
    public void Parse_NoBucket_Throws(string text) => Assert.Contains($"'{text}'", Assert.Throws<ArgumentException>(() => S3Address.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Open_OtherServer_ReadsTheObject()
    {
        var (server, client) = await S3RverServer.StartAsync();
        await using var ending = server;
        using var connection = client;
        var content = Random(PartBytes + 7);
        await new S3ShardStore(client, "bucket").CommitAsync("in/0.tar", async (stream, cancelled) => await stream.WriteAsync(content, cancelled));

        using var stream = new S3ShardInput(client).Open("s3://bucket/in/0.tar", TestContext.Current.CancellationToken)!;
        Assert.Equal(content, Bytes(stream));
        Assert.Throws<FileNotFoundException>(() => new S3ShardInput(client).Open("s3://bucket/in/1.tar", TestContext.Current.CancellationToken));
    }

    private Stream? Open(string address) => new S3ShardInput(_client).Open(address, TestContext.Current.CancellationToken);

    private byte[] Read()
    {
        using var stream = Open("s3://bucket/in/00000.tar")!;
        return Bytes(stream);
    }

    private static byte[] Bytes(Stream stream)
    {
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static byte[] Random(int length)
    {
        var content = new byte[length];
        new Random(length).NextBytes(content);
        return content;
    }
}
