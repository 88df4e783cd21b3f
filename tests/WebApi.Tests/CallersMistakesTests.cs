using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Clip.DependencyInjection.Tests.Support;
using WebApi.Tests.Support;
using static WebApi.Tests.Support.Answers;

namespace WebApi.Tests;

/// <summary>What a caller got wrong is a problem with a status from 400 to 499, and nothing for the log.</summary>
public sealed class CallersMistakesTests(WebApiHost host, TinyModel tiny) : IClassFixture<WebApiHost>
{
    private const string Form = "multipart/form-data; boundary=b";

    [Fact]
    public async Task Post_NoImage_Says400Or422()
    {
        await RequireAsync("/classify", Body([]), HttpStatusCode.BadRequest, "There is no image");
        await RequireAsync("/classify", Body([1, 2, 3]), HttpStatusCode.UnprocessableEntity, "the request's body");
        await RequireAsync("/embed", Body([1, 2, 3]), HttpStatusCode.UnprocessableEntity, "the request's body");
        await RequireAsync("/classify", new MultipartFormDataContent { { new StringContent("fern"), "labels" } }, HttpStatusCode.BadRequest, "0 files");
    }

    [Theory]
    [InlineData("top=0", "top is 0")]
    [InlineData("top=-1", "top is -1")]
    [InlineData("top=many", "top")]
    [InlineData("top=99999999999", "top")]
    public async Task Classify_BadTop_Says400(string query, string says) =>
        await RequireAsync("/classify?" + query, Body(Image.Striped(1)), HttpStatusCode.BadRequest, says);

    [Theory]
    [InlineData("multipart/form-data", "names no boundary")]
    [InlineData("multipart/form-data; boundary=", "names no boundary")]
    [InlineData("multipart/form-data; boundary=\"\"", "names no boundary")]
    [InlineData("multipart/form-data; boundary", "names no boundary")]
    [InlineData("multipart/form-dataXX", "names no boundary")]
    public async Task Classify_FormWithoutBoundary_Says400(string contentType, string says) =>
        await RequireAsync("/classify", Typed(Bytes("--b\r\n\r\n--b--\r\n"), contentType), HttpStatusCode.BadRequest, says);

    [Fact]
    public async Task Classify_LongBoundary_Says400()
    {
        var boundary = new string('b', 200);
        await RequireAsync(
            "/classify", Typed(FormBytes(boundary), "multipart/form-data; boundary=" + boundary), HttpStatusCode.BadRequest, "200 characters; 70 are allowed");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(40)]
    [InlineData(200)]
    [InlineData(3000)]
    public async Task Classify_CutForm_Says400(int length) =>
        await RequireAsync("/classify", Typed(FormBytes("b")[..length], Form), HttpStatusCode.BadRequest, length == 0 ? "" : "cannot be read");

    [Fact]
    public async Task Classify_ManyFields_Says400()
    {
        using var form = new MultipartFormDataContent();
        for (var i = 0; i < 1500; i++)
            form.Add(new StringContent("x"), "labels");
        form.Add(new ByteArrayContent(Image.Striped(1)), "image", "photo.bmp");

        await RequireAsync("/classify", form, HttpStatusCode.BadRequest, "more fields than the 128");
    }

    [Fact]
    public async Task Classify_TwoFiles_Says400() => await RequireAsync(
        "/classify",
        new MultipartFormDataContent
        {
            { new ByteArrayContent(Image.Striped(1)), "a", "a.bmp" },
            { new ByteArrayContent(Image.Striped(1)), "b", "b.bmp" },
        },
        HttpStatusCode.BadRequest,
        "several files");

    [Theory]
    [InlineData("--b\r\n\r\nx\r\n--b--\r\n", "Content-Disposition")]
    [InlineData("--b\r\nContent-Disposition: attachment; filename=x\r\n\r\nx\r\n--b--\r\n", "Content-Disposition")]
    [InlineData("--b\r\nContent-Disposition: form-data; name=labels\r\n\r\n\u00ff\r\n--b--\r\n", "not UTF-8")]
    [InlineData("--b\r\nContent-Disposition: form-data; name=labels\r\nContent-Type: text/plain; charset=utf-7\r\n\r\nx\r\n--b--\r\n", "utf-7")]
    [InlineData("--b\r\nno header\r\n\r\nx\r\n--b--\r\n", "")]
    public async Task Classify_DamagedForm_Says400(string form, string says) =>
        await RequireAsync("/classify", Typed(Bytes(form), Form), HttpStatusCode.BadRequest, says);

    [Fact]
    public async Task Classify_LongOrManyHeadersOfAPart_Says400()
    {
        const string Start = "--b\r\nContent-Disposition: form-data; name=labels\r\n";
        var many = string.Concat(Enumerable.Range(0, 100).Select(i => $"X-{i}: y\r\n"));
        await RequireAsync("/classify", Typed(Bytes($"{Start}{many}\r\nx\r\n--b--\r\n"), Form), HttpStatusCode.BadRequest, "");
        await RequireAsync("/classify", Typed(Bytes($"{Start}X: {new string('x', 20_000)}\r\n\r\nx\r\n--b--\r\n"), Form), HttpStatusCode.BadRequest, "");
    }

    [Fact]
    public async Task Classify_Labels_AreLimited()
    {
        var many = string.Join(',', Enumerable.Range(0, 101));
        await RequireAsync("/classify?labels=" + many, Body(Image.Striped(1)), HttpStatusCode.BadRequest, "100");
        await RequireAsync("/classify?labels=" + new string('x', 201), Body(Image.Striped(1)), HttpStatusCode.BadRequest, "201 characters");
        // Longer than the model's context, though not than the limit of characters.
        await RequireAsync("/classify?labels=" + new string('x', 150), Body(Image.Striped(1)), HttpStatusCode.BadRequest, "tokens");
    }

    [Theory]
    [InlineData("[1", "invalid")]
    [InlineData("[1]", "invalid")]
    [InlineData("{}", "invalid")]
    [InlineData("", "invalid")]
    [InlineData("null", "null")]
    [InlineData("[null]", "null")]
    [InlineData("[\"\\ud800\"]", "invalid")]
    [InlineData("[\"\u00ff\"]", "invalid")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "invalid")]
    public async Task Embed_DamagedJson_Says400(string json, string says) =>
        await RequireAsync("/embed", Typed(Bytes(json), "application/json"), HttpStatusCode.BadRequest, says);

    [Theory]
    [InlineData("application/json; charset=utf-7")]
    [InlineData("application/json; charset=latin1")]
    [InlineData("application/json; charset=no-such")]
    [InlineData("application/json; charset=\"\u0001\"")]
    public async Task Embed_OtherCharset_Says400(string contentType)
    {
        using var connection = await RawConnection.OpenAsync(host);
        await connection.SendAsync(RawConnection.Head("/embed", $"Content-Type: {contentType}\r\nContent-Length: 7") + "[\"cat\"]");

        var answer = await connection.ReceiveAsync();

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        host.RequireCleanLog();
    }

    [Fact]
    public async Task Embed_Texts_AreLimited()
    {
        await RequireAsync("/embed", JsonContent.Create(Enumerable.Repeat("x", 65)), HttpStatusCode.BadRequest, "65 texts; 64");
        await RequireAsync("/embed", JsonContent.Create((string[])[new string('x', 2001)]), HttpStatusCode.BadRequest, "2001 characters");
        await RequireAsync("/embed", JsonContent.Create((string[])[new string('x', 500)]), HttpStatusCode.BadRequest, "tokens");
        await RequireAsync("/embed", JsonContent.Create((string[])[new string('x', 300_000)]), HttpStatusCode.RequestEntityTooLarge, "too large");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Classify_LongBody_Says413(bool isChunked)
    {
        await using var small = await WebApiHost.StartAsync(tiny, "--Limits:MaxBodyBytes", "1000");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/classify") { Content = Body(Image.Striped(1)) };
        request.Headers.TransferEncodingChunked = isChunked;

        using var response = await small.Client.SendAsync(request);

        await RequireProblemAsync(response, HttpStatusCode.RequestEntityTooLarge, "large");
        small.RequireCleanLog();
    }

    [Fact]
    public async Task Classify_ManyPixels_Says422BeforeDecoding() =>
        await RequireAsync("/classify", Body(PngHeader(20_000, 20_000)), HttpStatusCode.UnprocessableEntity, "20,000 x 20,000 pixels");

    [Fact]
    public async Task Classify_CompressedBody_Says415()
    {
        var body = Body(Image.Striped(1));
        body.Headers.ContentEncoding.Add("gzip");
        await RequireAsync("/classify", body, HttpStatusCode.UnsupportedMediaType, "Content-Encoding");
    }

    [Fact]
    public async Task Classify_SlowBody_Says408()
    {
        await using var impatient = await WebApiHost.StartAsync(tiny, "--Limits:BodyTimeout", "00:00:00.2");
        using var connection = await RawConnection.OpenAsync(impatient);
        await connection.SendAsync(RawConnection.Head("/classify", "Content-Length: 1000") + "BM");

        var answer = await connection.ReceiveAsync();

        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
        Assert.Contains("took too long", answer, StringComparison.Ordinal);
        impatient.RequireCleanLog();
    }

    [Theory]
    [InlineData("application/xml")]
    [InlineData("text/html")]
    [InlineData("image/*")]
    public async Task Classify_OtherAnswerAccepted_IsAProblemInJson(string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/classify") { Content = Body([]), Headers = { { "Accept", accept } } };
        using var response = await host.Client.SendAsync(request);
        await RequireProblemAsync(response, HttpStatusCode.BadRequest, "There is no image");
    }

    [Fact]
    public async Task Get_IsAProblemToo()
    {
        using var response = await host.Client.GetAsync("/classify");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
    }

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    private static ByteArrayContent Typed(byte[] bytes, string contentType)
    {
        var content = Body(bytes);
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        return content;
    }

    private static byte[] FormBytes(string boundary) =>
    [
        .. Bytes($"--{boundary}\r\nContent-Disposition: form-data; name=\"image\"; filename=\"photo.bmp\"\r\n\r\n"),
        .. Image.Striped(1),
        .. Bytes($"\r\n--{boundary}--\r\n"),
    ];

    private static byte[] PngHeader(int width, int height)
    {
        var file = new byte[33];
        ((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10, 0, 0, 0, 13, (byte)'I', (byte)'H', (byte)'D', (byte)'R']).CopyTo(file);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(16), width);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(20), height);
        (file[24], file[25]) = (8, 2);
        return file;
    }

    private async Task RequireAsync(string path, HttpContent content, HttpStatusCode status, string says)
    {
        using var response = await host.Client.PostAsync(path, content);
        await RequireProblemAsync(response, status, says);
        host.RequireCleanLog();
    }
}
