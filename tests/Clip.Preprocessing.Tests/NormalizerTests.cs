using Clip.Preprocessing.Tests.Support;

namespace Clip.Preprocessing.Tests;

public class NormalizerTests
{
    [Theory]
    [InlineData("lut_openai_mean_std.npy", false)]
    [InlineData("lut_siglip_mean_std.npy", true)]
    public void Table_RecordedMeanAndDeviation_EqualsBitForBit(string file, bool isSigLip)
    {
        var config = isSigLip ? PreprocessingConfig.SigLip(224) : PreprocessingConfig.OpenAI(224);
        var table = new Normalizer(config.Mean, config.Deviation).Table;
        Assert.Equal(
            Golden.Table(file).Select(BitConverter.SingleToUInt32Bits),
            table.ToArray().Select(BitConverter.SingleToUInt32Bits));
    }
}
