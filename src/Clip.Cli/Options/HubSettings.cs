using System.CommandLine;
using Clip.Hub;

namespace Clip.Cli.Options;

/// <summary>Where models of the Hub are kept and whether the network may be used.</summary>
internal sealed class HubSettings
{
    private readonly Option<bool> _offline = new("--offline") { Description = "Make no request; use what the cache has. Also HF_HUB_OFFLINE=1." };

    private readonly Option<string?> _cache = Values.Text("--cache", "Folder of the Hub's cache. Default: HF_HUB_CACHE, HF_HOME/hub, or ~/.cache/huggingface/hub.", "FOLDER");

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_offline);
        command.Options.Add(_cache);
    }

    /// <summary>The Hub's options of a command line.</summary>
    public HubOptions Create(Invocation invocation) => new()
    {
        Offline = invocation.Get(_offline) ? true : null,
        CacheFolder = invocation.Get(_cache),
    };
}
