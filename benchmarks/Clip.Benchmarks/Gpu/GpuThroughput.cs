using System.Globalization;
using Clip.Benchmarks.Peers;
using Clip.Benchmarks.Peers.Flops;
using Clip.Benchmarks.Results;
using Clip.Models;
using Clip.Runtime;

namespace Clip.Benchmarks.Gpu;

/// <summary>Embeddings per second of the networks on a GPU, and their share of what its matrix products reach.</summary>
/// <remarks>
/// <para>
/// <c>dotnet run -c Release --project benchmarks/Clip.Benchmarks -- gpu [--json [FILE]] [--device cuda:N|cpu] [--precision NAME]
/// [--models NAME,NAME] [--batches N,N] [--rounds N] [--round-ms N]</c>
/// </para>
/// <para>
/// Inputs lie on the device: pixels of the models' resolution, texts of the full context. Batches are queued one behind another and waited
/// for once. Counted are the operations that an embedding needs: in the last block those of the pooled token. The plain modules, which
/// run on GPUs, do the others too, up to a twelfth of the work of ViT-B/32, and the share does not count them.
/// </para>
/// <para>The exit code is 1 where there is no such device, and 2 where the command line is wrong.</para>
/// </remarks>
internal static class GpuThroughput
{
    private const int NoDevice = 1, UsageError = 2;

    /// <summary>Measures and prints.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(string[] args)
    {
        var options = new GpuOptions();
        try
        {
            options = GpuOptions.Parse(args);
            Measure(options, ComputeTarget.Resolve(options.Device, options.Precision));
            return 0;
        }
        catch (ComputeTargetException e)
        {
            Console.Error.WriteLine($"No {(options.Device == "cpu" ? "such" : "CUDA")} device, and nothing was measured. {e.Message}");
            return NoDevice;
        }
        catch (Exception e) when (e is UsageException or ArgumentException)
        {
            Console.Error.WriteLine(e.Message);
            return UsageError;
        }
    }

    private static void Measure(GpuOptions options, ComputeTarget target)
    {
        using var inference = inference_mode();
        var output = options.Json == GpuOptions.StandardOutput ? Console.Error : Console.Out;
        var clock = new DeviceClock(target.Device, options.Rounds, options.RoundSeconds);
        var (peak, side) = DevicePeak.Measure(target.Device, target.DType, clock);
        Machine.Write(output);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Name(target)}, {target}; best matrix product {peak / 1e12:F3} TFLOP/s ({side} x {side} x {side})."));
        output.WriteLine();
        output.WriteLine($"{"model",-10} {"input",-6} {"batch",6} {"per second",12} {"batch ms",12} {"of peak",8}");

        using IResultWriter<GpuResult>? json = options.Json == GpuOptions.StandardOutput ? new ResultStream<GpuResult>(Console.Out)
            : options.Json is { } path ? new ResultFile<GpuResult>(path)
            : null;
        foreach (var model in options.Models)
        {
            foreach (var result in Measure(model, target, options, clock, peak))
            {
                json?.Add(result);
                output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{result.Model,-10} {result.Input,-6} {result.Batch,6} {result.InputsPerSecond,12:F1} {result.Milliseconds,12:F2} {result.PeakShare,8:P1}"));
            }
        }
    }

    private static string Name(ComputeTarget target) =>
        target.Device.type == DeviceType.CUDA ? Machine.Report.CudaDevices[target.Device.index].Name : Machine.Report.CpuModel;

    private static IEnumerable<GpuResult> Measure(string model, ComputeTarget target, GpuOptions options, DeviceClock clock, double peak)
    {
        var config = DualEncoderConfig.Presets[model];
        var ((height, width), context) = (config.Image.Resolution, config.Text.ContextLength);
        using var network = Networks.Create(config, target.DType, target.Device);
        foreach (var batch in options.Batches)
        {
            yield return Time("image", EncoderFlops.OfImage(config),
                () => randn(batch, 3, height, width, device: target.Device).to(target.DType), pixels => network.EncodeImages(pixels, normalize: true));
            yield return Time("text", EncoderFlops.OfText(config, context),
                () => tensor(RandomTokens.Create(batch, context, context, context), [batch, context]).to(target.Device),
                tokens => network.EncodeTexts(tokens, normalize: true));

            GpuResult Time(string input, double flops, Func<Tensor> create, Func<Tensor, Tensor> encode)
            {
                using var scope = NewDisposeScope();
                var inputs = create();
                var seconds = clock.SecondsPerCall(() => encode(inputs).Dispose());
                return new GpuResult(model, input, batch, batch / seconds, 1000 * seconds, batch * flops / seconds / peak);
            }
        }
    }
}
