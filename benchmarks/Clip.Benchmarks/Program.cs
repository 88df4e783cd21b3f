using BenchmarkDotNet.Running;
using Clip.Benchmarks.Checkpoints;

// Comparisons that need their own way of measuring are commands; everything else is BenchmarkDotNet's.
switch (args)
{
    case ["checkpoints", .. var rest]:
        LoadingComparison.Run(rest);
        break;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
        break;
}
