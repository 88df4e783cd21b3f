using Clip.Preprocessing.Tests.Support;

namespace Clip.Preprocessing.Tests;

// Other tests collect garbage, and a collection empties the pools that memory is taken from.
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
[Collection(nameof(AllocationTests))]
public class AllocationTests(ITestOutputHelper output)
{
    [Fact]
    public void Preprocess_AfterWarmUp_AllocatesLessThanAKilobyte()
    {
        var pixels = new float[new ImageTransform(PreprocessingConfig.OpenAI(224)).Length];
        var photo = Golden.ImagePath("jpeg_422_q75_301x199.jpg");
        foreach (var decoder in (IImageDecoder[])[ImageDecoders.Skia, ImageDecoders.Default])
        {
            var preprocessor = new ImagePreprocessor(PreprocessingConfig.OpenAI(224), new() { Decoder = decoder });
            void PreprocessOften()
            {
                for (var i = 0; i < 20; i++)
                    preprocessor.Preprocess(photo, pixels);
            }
            PreprocessOften();
            var perImage = Allocations.OfEach(PreprocessOften) / 20;
            output.WriteLine($"{decoder.Name}: {perImage} bytes per image");
            Assert.True(perImage < 1024, $"{decoder.Name}: {perImage} bytes per image");
        }
    }
}
