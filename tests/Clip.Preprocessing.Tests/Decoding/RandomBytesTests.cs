using Clip.Preprocessing.Tests.Support;

namespace Clip.Preprocessing.Tests.Decoding;

public class RandomBytesTests
{
    [Theory, MemberData(nameof(TestedDecoders.Whole), MemberType = typeof(TestedDecoders))]
    public void Preprocess_RandomBytes_ThrowsImageDecodingException(string decoder)
    {
        var preprocessor = new ImagePreprocessor(PreprocessingConfig.OpenAI(32), new() { Decoder = TestedDecoders.Find(decoder) });
        var pixels = new float[preprocessor.Length];
        var random = new Random(8);
        byte[][] beginnings = [[], [0xFF, 0xD8, 0xFF], [.. "\u0089PNG\r\n\u001a\n"u8], [.. "GIF89a"u8], [.. "BM"u8], [.. "RIFF    WEBPVP8X"u8]];
        for (var i = 0; i < 3000; i++)
        {
            var bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            beginnings[i % beginnings.Length].AsSpan(0, Math.Min(bytes.Length, beginnings[i % beginnings.Length].Length)).CopyTo(bytes);
            Assert.Throws<ImageDecodingException>(() => preprocessor.Preprocess(bytes, pixels));
        }
    }
}
