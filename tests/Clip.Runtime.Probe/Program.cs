// An application that the tests of Clip.Runtime start in processes of their own: native libraries load once per process.
using Clip.Runtime;
using Clip.Runtime.Probe;

switch (args[0])
{
    case "torch-first":
        Probes.ComputeWithTorchAlone();
        break;
    case "clip-first":
        Probes.ComputeWithClip();
        break;
    case "resolve":
        Probes.Resolve(args[1]);
        break;
    case "report":
        Probes.Report("auto", Precision.Auto);
        break;
    case "report-cpu":
        Probes.Report("cpu", Precision.Float32);
        break;
    case "systems-libtorch":
        Probes.FindSystemsLibTorch();
        break;
    case "after-another-libtorch":
        Probes.ComputeAfterAnother(args[1]);
        break;
    case "convolve":
        Probes.Convolve(cachesAreHidden: args[1] == "caches-hidden", withClip: false);
        break;
    case "convolve-with-clip":
        Probes.Convolve(cachesAreHidden: args[1] == "caches-hidden", withClip: true);
        break;
    case "plugin":
        PluginProbe.Run(args[1], throwing: false);
        break;
    case "throwing-plugin":
        PluginProbe.Run(args[1], throwing: true);
        break;
    default:
        throw new ArgumentException($"There is no probe '{args[0]}'.");
}
