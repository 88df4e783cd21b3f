using System.CommandLine;
using Clip.Runtime;

namespace Clip.Cli.Options;

/// <summary>Where networks run and in which precision.</summary>
internal static class DeviceOptions
{
    /// <summary>The option for the device.</summary>
    public static Option<string?> Device()
    {
        var option = Values.Text("--device", "auto, cpu, cuda, cuda:1 or mps.", "DEVICE");
        option.DefaultValueFactory = _ => "auto";
        return option;
    }

    /// <summary>The option for the precision.</summary>
    public static Option<string?> Precision() =>
        Values.Choice("--precision", "Numbers of the network: what suits the device, float32, bfloat16 or float16.", "auto", "auto", "f32", "bf16", "f16");

    /// <summary>The precision of a word.</summary>
    public static Precision Parse(string? word) => word switch
    {
        "f32" => Runtime.Precision.Float32,
        "bf16" => Runtime.Precision.BFloat16,
        "f16" => Runtime.Precision.Float16,
        "auto" or null => Runtime.Precision.Auto,
        _ => throw new UsageException($"There is no precision '{word}'."),
    };
}
