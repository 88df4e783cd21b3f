using Clip;
using Clip.Preprocessing;
using Emoji.Datasets;

namespace Emoji.Tests.Support;

/// <summary>The model in models/emoji with the shipped images, which it embeds once for all tests.</summary>
public sealed class BundledModel : IDisposable
{
    public BundledModel() =>
        Images = Clip.EmbedImages(Collection.Select(pair => ImageSource.FromBytes(pair.Image, pair.Entry.Hexcode)));

    /// <summary>The model.</summary>
    public ClipModel Clip { get; } = ClipModel.Load(Path.Combine(Fixtures.Repository, "models", "emoji"), new ClipModelOptions { Device = "cpu" });

    /// <summary>What is shipped, in its order.</summary>
    internal IReadOnlyList<(Collection.Entry Entry, byte[] Image)> Collection { get; } = ShippedCollection.Read();

    /// <summary>The embeddings of its images.</summary>
    public float[][] Images { get; }

    public void Dispose() => Clip.Dispose();
}
