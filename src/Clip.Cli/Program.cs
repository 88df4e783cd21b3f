using Clip.Cli;
using Clip.Distributed;

// mpirun gives its processes terminals of its own, which nobody looks at: what terminals are told would stand in the output.
var isLaunched = MpiLauncher.HasStartedSeveral;
if (isLaunched)
    Environment.SetEnvironmentVariable("TERM", "dumb");

using var interruption = new Interruption(ProcessEnd.Now);
using var signals = new ProcessSignals(interruption);
var code = await ClipTool.RunAsync(args, ToolConsole.OfProcess(interruption, isLaunched));
// All is written, and all that commands have opened is closed. What is registered for the end takes libtorch down piece by piece, for an eighth of the
// time that one image takes in all; the system takes back everything at once.
ProcessEnd.Now(code);
return code;
