using Clip.Cli;

using var interruption = new Interruption(ProcessEnd.Now);
using var signals = new ProcessSignals(interruption);
return await ClipTool.RunAsync(args, ToolConsole.OfProcess(interruption));
