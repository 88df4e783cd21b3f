using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>A class of Hugging Face's library that joins two towers, as its config.json describes it.</summary>
internal abstract class HuggingFaceModel
{
    /// <summary>The config's model_type, such as "clip".</summary>
    public abstract string ModelType { get; }

    /// <summary>The class, such as "CLIPModel".</summary>
    public abstract string Architecture { get; }

    /// <summary>Whether there are classes of its towers alone, whose model_type ends in "_vision_model" and "_text_model".</summary>
    public virtual bool HasHalves => false;

    /// <summary>The matrices without which a tower alone has features as embeddings; null for classes that always have what they need.</summary>
    public virtual (string Image, string Text)? Projections => null;

    /// <summary>Reads how many channels the embeddings of a tower alone have.</summary>
    /// <param name="root">The tower's config.</param>
    /// <param name="featureSize">Channels of its features.</param>
    public virtual int ReadEmbeddingSize(ConfigSection root, int featureSize) => featureSize;

    /// <summary>Reads vision_config.</summary>
    public abstract ImageTowerConfig ReadImage(OverriddenSection vision);

    /// <summary>Joins both towers with the settings of the whole.</summary>
    /// <param name="root">The whole config.</param>
    /// <param name="text">Its text_config.</param>
    /// <param name="image">The image tower that was read.</param>
    /// <param name="texts">The text tower that was read.</param>
    public abstract DualEncoderConfig Join(ConfigSection root, OverriddenSection text, ImageTowerConfig image, TextTowerConfig texts);

    /// <summary>Checks that the class can have these settings.</summary>
    /// <exception cref="ArgumentException">It cannot; the message names the setting.</exception>
    public abstract void Require(DualEncoderConfig config);

    /// <summary>Writes vision_config.</summary>
    /// <exception cref="ArgumentException">The config cannot express it.</exception>
    public abstract JsonObject WriteImage(ImageTowerConfig config);

    /// <summary>Writes the settings of the whole.</summary>
    /// <param name="root">Where to.</param>
    /// <param name="config">The whole.</param>
    /// <param name="text">The text_config, for settings of the whole that stand there.</param>
    public abstract void Write(JsonObject root, DualEncoderConfig config, JsonObject text);
}
