using BenchmarkDotNet.Running;
using Clip.Benchmarks.Checkpoints;
using Clip.Benchmarks.Gpu;
using Clip.Benchmarks.Graphs;
using Clip.Benchmarks.Losses;
using Clip.Benchmarks.Peers;
using Clip.Benchmarks.Preprocessing;
using Clip.Benchmarks.Search;
using Clip.Benchmarks.Training;

// Comparisons that need their own way of measuring are commands; everything else is BenchmarkDotNet's.
switch (args)
{
    case ["checkpoints", .. var rest]:
        LoadingComparison.Run(rest);
        break;
    case ["losses", .. var rest]:
        LossMemory.Run(rest);
        break;
    case ["training", .. var rest]:
        TrainingSteps.Run(rest);
        break;
    case ["peers", .. var rest]:
        return PeerComparison.Run(rest);
    case ["gpu", .. var rest]:
        return GpuThroughput.Run(rest);
    case ["startup", .. var rest]:
        return StartUp.Run(rest);
    case ["decoders", .. var rest]:
        return DecoderComparison.Run(rest);
    case ["photos", .. var rest]:
        return PhotoFolders.Run(rest);
    case ["graph", .. var rest]:
        return ThroughputGraph.Run(rest);
    case ["search", .. var rest]:
        return SearchComparison.Run(rest);
    default:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
        break;
}
return 0;
