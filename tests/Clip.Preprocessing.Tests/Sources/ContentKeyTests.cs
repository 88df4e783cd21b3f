using System.Text.Json;
using SkiaSharp;

namespace Clip.Preprocessing.Tests.Sources;

public sealed class ContentKeyTests
{
    private static readonly byte[] One = [1, 2, 3, 4, 5, 6];
    private static readonly byte[] Other = [1, 2, 3, 4, 5, 7];

    [Fact]
    public void GetContentKey_Bytes_GoesByContentAndNotByName()
    {
        Assert.Equal(ImageSource.FromBytes(One, "a").GetContentKey(), ImageSource.FromBytes(One, "b").GetContentKey());
        Assert.NotEqual(ImageSource.FromBytes(One).GetContentKey(), ImageSource.FromBytes(Other).GetContentKey());
    }

    [Fact]
    public void GetContentKey_Pixels_GoesByShapeToo()
    {
        var key = ImageSource.FromPixels(One, 2, 1).GetContentKey();

        Assert.NotEqual(key, ImageSource.FromPixels(One, 1, 2).GetContentKey());
        Assert.NotEqual(key, ImageSource.FromPixels(Other, 2, 1).GetContentKey());
        Assert.NotEqual(key, ImageSource.FromBytes(One).GetContentKey());
    }

    [Fact]
    public void GetContentKey_Bitmap_GoesByPixels()
    {
        using var bitmap = new SKBitmap(2, 2);
        bitmap.Erase(SKColors.Red);
        var red = ImageSource.FromBitmap(bitmap).GetContentKey();
        bitmap.Erase(SKColors.Blue);

        Assert.NotEqual(red, ImageSource.FromBitmap(bitmap).GetContentKey());
    }

    [Fact]
    public void GetContentKey_File_ChangesWithTheFile()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("image");
        File.WriteAllBytes(path, One);
        var key = ImageSource.FromFile(path).GetContentKey();

        Assert.Equal(key, ImageSource.FromFile(path).GetContentKey());
        File.WriteAllBytes(path, [.. One, 7]);
        Assert.NotEqual(key, ImageSource.FromFile(path).GetContentKey());
        Assert.Throws<ImageDecodingException>(() => ImageSource.FromFile(folder.File("missing")).GetContentKey());
    }

    [Fact]
    public void Json_Image_IsItsKey()
    {
        var image = ImageSource.FromBytes(One);

        Assert.Equal(image.GetContentKey(), JsonSerializer.Deserialize<string>(JsonSerializer.Serialize(image)));
        Assert.Equal(image.GetContentKey(), JsonSerializer.Deserialize<string>(JsonSerializer.Serialize<object>(image)));
        using var stream = new MemoryStream(One);
        Assert.Throws<NotSupportedException>(() => JsonSerializer.Serialize(ImageSource.FromStream(stream)));
        Assert.Throws<NotSupportedException>(() => JsonSerializer.Deserialize<ImageSource>("\"file\""));
    }
}
