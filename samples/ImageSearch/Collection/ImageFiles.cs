namespace ImageSearch;

/// <summary>The files of images and of their thumbnails, in a folder. Their names are keys: nothing that a caller says becomes a path.</summary>
/// <param name="folder">The folder.</param>
internal sealed class ImageFiles(string folder)
{
    private const string ThumbnailEnding = "-small";

    /// <summary>The path of an image's file.</summary>
    public string Original(Guid id)
    {
        var name = id.ToString("N");
        return Path.Combine(folder, name[..2], name);
    }

    /// <summary>The path of an image's thumbnail, where it has one.</summary>
    public string Thumbnail(Guid id) => Original(id) + ThumbnailEnding;

    /// <summary>Writes an image: whole and on the disk, so that a record that is stored after it has its file.</summary>
    public async Task WriteAsync(Guid id, ReadOnlyMemory<byte> bytes, byte[]? thumbnail)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Original(id))!);
        if (thumbnail is not null)
            await WriteAsync(Thumbnail(id), thumbnail);
        await WriteAsync(Original(id), bytes);
    }

    /// <summary>Writes an image's thumbnail.</summary>
    public Task WriteThumbnailAsync(Guid id, byte[] thumbnail) => WriteAsync(Thumbnail(id), thumbnail);

    /// <summary>Deletes an image, where it is there.</summary>
    public void Delete(Guid id)
    {
        try
        {
            File.Delete(Thumbnail(id));
            File.Delete(Original(id));
        }
        catch (DirectoryNotFoundException)
        {
            // Then there is no such image.
        }
    }

    private static async Task WriteAsync(string path, ReadOnlyMemory<byte> bytes)
    {
        var temporary = $"{path}-{Guid.NewGuid():N}";
        try
        {
            await using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true))
            {
                await file.WriteAsync(bytes);
                file.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
