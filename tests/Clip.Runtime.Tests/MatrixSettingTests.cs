using System.Globalization;
using System.Runtime.Intrinsics.X86;

namespace Clip.Runtime.Tests;

/// <summary>Under eng/test-matrix: whether the setting of the row has come to the process.</summary>
public sealed class MatrixSettingTests
{
    [Fact]
    public void Setting_OfThisRow_HasItsEffect()
    {
        var row = Environment.GetEnvironmentVariable("CLIP_TEST_SETTING");
        Assert.SkipWhen(row is null, "eng/test-matrix sets the variable CLIP_TEST_SETTING.");
        switch (row)
        {
            case "as-is":
                break;
            case "onednn-sse41":
                Assert.Equal("SSE41", Environment.GetEnvironmentVariable("ONEDNN_MAX_CPU_ISA"));
                break;
            case "onednn-avx2":
                Assert.Equal("AVX2", Environment.GetEnvironmentVariable("ONEDNN_MAX_CPU_ISA"));
                break;
            case "no-avx512":
                Assert.False(Avx512F.IsSupported);
                break;
            case "no-avx2":
                Assert.False(Avx2.IsSupported);
                break;
            case "no-intrinsics":
                Assert.False(Avx.IsSupported || Sse42.IsSupported);
                break;
            case "one-thread":
                TorchLibraries.EnsureLoaded();
                Assert.Equal((1, 1), (Environment.ProcessorCount, get_num_threads()));
                break;
            case "turkish":
                Assert.Equal("tr-TR", CultureInfo.CurrentCulture.Name);
                Assert.Equal(("\u0131", "\u0130", "1,5"), ("I".ToLower(CultureInfo.CurrentCulture), "i".ToUpper(CultureInfo.CurrentCulture), $"{1.5}"));
                break;
            case "invariant":
                Assert.Equal("", CultureInfo.CurrentCulture.Name);
                Assert.Throws<CultureNotFoundException>(() => CultureInfo.GetCultureInfo("tr-TR"));
                break;
            case "no-home":
            case "read-only-home":
                var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
                Assert.Equal(row == "read-only-home", home.Length > 1 && Directory.Exists(home));
                Assert.ThrowsAny<SystemException>(() => Directory.CreateDirectory(Path.Combine(home, ".clip-test")));
                break;
            case "interrupts-ignored":
                var signals = File.ReadLines("/proc/self/status").Single(line => line.StartsWith("SigIgn:", StringComparison.Ordinal));
                Assert.Equal(1, Convert.ToInt64(signals[7..].Trim(), 16) >> 1 & 1);
                break;
            default:
                Assert.Fail($"There is no setting '{row}'.");
                break;
        }
    }
}
