using Clip.Preprocessing.Tests.Support;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Memory;
using SixLabors.ImageSharp.PixelFormats;
using SixLabors.ImageSharp.Processing;

namespace Clip.Preprocessing.ImageSharp.Tests;

public class ImageSharpSourceTests
{
    private static readonly ImagePreprocessor Preprocessor =
        new(PreprocessingConfig.OpenAI(64), new() { Decoder = new ImageSharpDecoder() });

    [Theory]
    [InlineData("png_rgb_small_96x64.png")]
    [InlineData("png_rgba_300x200.png")]
    [InlineData("png_L_257x389.png")]
    [InlineData("png_LA_200x301.png")]
    [InlineData("jpeg_422_q75_301x199.jpg")]
    [InlineData("webp_lossless_alpha_190x240.webp")]
    public void Preprocess_LoadedFile_EqualsTheFile(string file)
    {
        using var image = Image.Load(Golden.ImagePath(file));

        Assert.Equal(Run(Preprocessor, Golden.ImagePath(file)), Run(Preprocessor, image.AsImageSource()));
    }

    // What a file says of its palette is not in the image: it is resized as its colors.
    [Fact]
    public void Preprocess_PaletteFile_EqualsTheFileConvertedFirst()
    {
        var preprocessor = new ImagePreprocessor(PreprocessingConfig.HuggingFace(64));
        var file = Golden.ImagePath("png_P_notrns_180x240.png");
        using var image = Image.Load(file);

        Assert.Equal(Run(preprocessor, file), Run(preprocessor, image.AsImageSource()));
    }

    public static TheoryData<string> PixelTypes => ["Bgr24", "Bgra32", "Argb32", "Rgb48", "Rgba64", "RgbaVector"];

    [Theory, MemberData(nameof(PixelTypes))]
    public void Preprocess_AnyPixelType_EqualsTheSameColors(string type)
    {
        using var rgba = Image.Load<Rgba32>(Golden.ImagePath("png_rgba_300x200.png"));
        using var rgb = rgba.CloneAs<Rgb24>();
        using Image image = type switch
        {
            "Bgr24" => rgb.CloneAs<Bgr24>(),
            "Rgb48" => rgb.CloneAs<Rgb48>(),
            "Bgra32" => rgba.CloneAs<Bgra32>(),
            "Argb32" => rgba.CloneAs<Argb32>(),
            "Rgba64" => rgba.CloneAs<Rgba64>(),
            _ => rgba.CloneAs<RgbaVector>(),
        };
        Image expected = type is "Bgr24" or "Rgb48" ? rgb : rgba;

        Assert.Equal(Run(Preprocessor, expected.AsImageSource()), Run(Preprocessor, image.AsImageSource()));
    }

    [Fact]
    public void Preprocess_ImageInSeveralPieces_EqualsOneInOne()
    {
        var pieces = SixLabors.ImageSharp.Configuration.Default.Clone();
        pieces.MemoryAllocator = new SmallPieces();
        using var image = Image.Load<Rgb24>(Golden.ImagePath("png_rgb_small_96x64.png"));
        using var inPieces = Image.Load<Rgb24>(pieces, Golden.ImagePath("png_rgb_small_96x64.png"));

        Assert.True(image.DangerousTryGetSinglePixelMemory(out _));
        Assert.False(inPieces.DangerousTryGetSinglePixelMemory(out _));
        Assert.Equal(Run(Preprocessor, image.AsImageSource()), Run(Preprocessor, inPieces.AsImageSource()));
    }

    [Fact]
    public void Preprocess_ExifOrientation_IsAppliedOnceWhereItIsAskedFor()
    {
        var upright = new ImagePreprocessor(PreprocessingConfig.OpenAI(64), new() { Decoder = new ImageSharpDecoder(), ApplyOrientation = true });
        var file = Golden.ImagePath("jpeg_exif_orientation6_400x300.jpg");
        using var image = Image.Load(file);

        Assert.Equal(Run(Preprocessor, file), Run(Preprocessor, image.AsImageSource()));
        var expected = Run(upright, file);
        Assert.Equal(expected, Run(upright, image.AsImageSource()));
        image.Mutate(context => context.AutoOrient());
        Assert.Equal(expected, Run(upright, image.AsImageSource()));
        Assert.Equal(expected, Run(Preprocessor, image.AsImageSource()));
    }

    [Fact]
    public void AsImageSource_Name_IsWhatItWasGiven()
    {
        using var image = new Image<Rgb24>(4, 4);

        Assert.Equal("(image)", image.AsImageSource().Name);
        Assert.Equal("avatar", image.AsImageSource("avatar").Name);
        Assert.Throws<ArgumentNullException>(() => ((Image)null!).AsImageSource());
    }

    private static float[] Run(ImagePreprocessor preprocessor, ImageSource source)
    {
        var pixels = new float[preprocessor.Length];
        source.Preprocess(preprocessor, pixels);
        return pixels;
    }

    private sealed class SmallPieces : MemoryAllocator
    {
        public override System.Buffers.IMemoryOwner<T> Allocate<T>(int length, AllocationOptions options = AllocationOptions.None) =>
            new SimpleGcMemoryAllocator().Allocate<T>(length, options);

        protected override int GetBufferCapacityInBytes() => 4096;
    }
}
