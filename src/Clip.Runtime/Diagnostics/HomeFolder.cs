namespace Clip.Runtime.Diagnostics;

/// <summary>Writes ~ for the user's home folder, whose path holds the user's name.</summary>
internal static class HomeFolder
{
    /// <summary>Shortens every occurrence in a text.</summary>
    public static string Shorten(string text) => Shorten(text, Environment.GetFolderPath(Environment.SpecialFolder.UserProfile));

    /// <summary>The same for a given home folder; one without a name, such as "/", is left alone.</summary>
    public static string Shorten(string text, string home)
    {
        home = Path.TrimEndingDirectorySeparator(home);
        if (Path.GetFileName(home).Length == 0)
            return text;

        var comparison = OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
        var start = 0;
        while ((start = text.IndexOf(home, start, comparison)) >= 0)
        {
            var end = start + home.Length;
            // /home/ann is not the home folder in /home/anna.
            if (end == text.Length || !char.IsLetterOrDigit(text[end]) && text[end] is not ('_' or '-' or '.'))
                text = string.Concat(text.AsSpan(0, start), "~", text.AsSpan(end));
            start++;
        }
        return text;
    }
}
