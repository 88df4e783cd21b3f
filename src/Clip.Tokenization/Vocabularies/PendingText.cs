namespace Clip.Tokenization.Vocabularies;

/// <summary>Writes a file beside its place and moves it there when it is whole.</summary>
internal static class PendingText
{
    /// <summary>Writes a file, replacing an older one.</summary>
    public static void Write(string path, Action<Stream> write)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                write(file);
                file.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
