using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Clip.Preprocessing;

namespace Clip.Embedding;

/// <summary>A stream of images in groups. Where it fails, the images before that come all the same.</summary>
/// <param name="images">The images.</param>
/// <param name="size">Images of a group; the last may have fewer.</param>
internal sealed class SourceGroups(IAsyncEnumerable<ImageSource> images, int size)
{
    /// <summary>Why the stream ended too early; null where it did not.</summary>
    public ExceptionDispatchInfo? Failure { get; private set; }

    /// <summary>Fails for an image that is null.</summary>
    /// <exception cref="ArgumentException">It is.</exception>
    public static ImageSource Require(ImageSource image) => image ?? throw new ArgumentException("An image is null.", nameof(image));

    /// <summary>Reads the groups. A failure of the stream ends them and is in <see cref="Failure"/>.</summary>
    public async IAsyncEnumerable<IReadOnlyList<ImageSource>> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var group = new List<ImageSource>(size);
        var source = images.GetAsyncEnumerator(cancellationToken);
        await using var disposal = source.ConfigureAwait(false);
        while (await TryMoveAsync(source).ConfigureAwait(false))
        {
            group.Add(source.Current);
            if (group.Count < size)
                continue;
            yield return group;
            group = new List<ImageSource>(size);
        }
        if (group.Count > 0)
            yield return group;
    }

    private async ValueTask<bool> TryMoveAsync(IAsyncEnumerator<ImageSource> source)
    {
        try
        {
            return await source.MoveNextAsync().ConfigureAwait(false) && Require(source.Current) is not null;
        }
        catch (Exception e)
        {
            Failure = ExceptionDispatchInfo.Capture(e);
            return false;
        }
    }
}
