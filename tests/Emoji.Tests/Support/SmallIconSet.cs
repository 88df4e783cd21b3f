using System.Text.Json;
using Emoji.Icons;

namespace Emoji.Tests.Support;

/// <summary>A few icons, written as Iconify writes them.</summary>
internal static class SmallIconSet
{
    /// <summary>Writes and reads a set.</summary>
    /// <param name="names">Its icons.</param>
    /// <param name="aliases">Icons by their other names.</param>
    /// <param name="characters">Names by code points; none where the set does not say.</param>
    public static IconSet Load(string[] names, Dictionary<string, string>? aliases = null, Dictionary<string, string>? characters = null)
    {
        using var folder = new TemporaryFolder();
        folder.Write("icons.json", JsonSerializer.SerializeToUtf8Bytes(new
        {
            prefix = "small",
            width = 16,
            height = 16,
            icons = names.ToDictionary(name => name, name => new { body = $"<path id=\"{name}\" d=\"M0 0h8v8H0z\"/>" }),
            aliases = (aliases ?? []).ToDictionary(alias => alias.Key, alias => (object)(alias.Value[0] == '~' ? new { parent = alias.Value[1..], hFlip = true } : new { parent = alias.Value })),
        }));
        folder.Write("chars.json", JsonSerializer.SerializeToUtf8Bytes(characters ?? []));
        return IconSet.Load(folder.Path);
    }
}
