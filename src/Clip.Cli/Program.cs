using Clip.Cli;

return await ClipTool.RunAsync(args, ToolConsole.OfProcess());
