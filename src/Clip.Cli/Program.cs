using Clip.Cli;
using Clip.Distributed;

// mpirun gives its processes terminals of its own, which nobody looks at: what terminals are told would stand in the output.
var isLaunched = MpiLauncher.HasStartedSeveral;
if (isLaunched)
    Environment.SetEnvironmentVariable("TERM", "dumb");

using var interruption = new Interruption(ProcessEnd.Now);
using var signals = new ProcessSignals(interruption);
return await ClipTool.RunAsync(args, ToolConsole.OfProcess(interruption, isLaunched));
