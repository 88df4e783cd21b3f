using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>All that the rest of the library asks about one kind of image tower.</summary>
/// <remarks>A kind lives in a folder of its own and stands in <see cref="TowerFamilies"/>; nothing else knows it by name.</remarks>
internal abstract class ImageFamily
{
    /// <summary>Builds a tower.</summary>
    /// <param name="config">Its sizes.</param>
    /// <param name="embeddingSize">Channels of the embeddings, E.</param>
    /// <param name="weights">Makes its weights.</param>
    public abstract ImageTower Create(ImageTowerConfig config, int embeddingSize, WeightFactory weights);

    /// <summary>The names of the parameters below "visual." in a layout; null where it has none.</summary>
    public abstract TowerNames? Names(WeightLayout layout);

    /// <summary>The names of the parameters below "visual." in a publisher's own files; null where there are no such files.</summary>
    /// <param name="publisher">Whose files.</param>
    /// <param name="config">The tower.</param>
    public virtual TowerNames? Names(Publisher publisher, ImageTowerConfig config) => null;

    /// <summary>What a checkpoint holds, where the names of its tensors say more than the config beside it.</summary>
    /// <param name="config">The tower as the config has it.</param>
    /// <param name="shapes">The tensors of the checkpoint.</param>
    public virtual ImageTowerConfig Fit(ImageTowerConfig config, TensorShapes shapes) => config;

    /// <summary>Reads image_cfg of Apple's config; null where it describes another kind of tower.</summary>
    /// <param name="image">The section.</param>
    /// <param name="resolution">Its image_size.</param>
    public virtual ImageTowerConfig? TryReadApple(ConfigSection image, ImageSize resolution) => null;

    /// <summary>Reads the config of one of Apple's published models off its shapes, if these are a tower of this kind.</summary>
    public virtual ImageTowerConfig? TryInferApple(TensorShapes shapes) => null;

    /// <summary>Reads vision_cfg of open_clip's config; null where it describes another kind of tower.</summary>
    /// <param name="vision">The section.</param>
    /// <param name="resolution">Its image_size.</param>
    /// <param name="quickGelu">Whether the config asks for QuickGELU.</param>
    public abstract ImageTowerConfig? TryReadOpenClip(ConfigSection vision, ImageSize resolution, bool quickGelu);

    /// <summary>Writes vision_cfg of open_clip's config.</summary>
    /// <param name="config">The sizes.</param>
    /// <param name="quickGelu">Whether the config asks for QuickGELU.</param>
    /// <exception cref="ArgumentException">open_clip's config cannot express them.</exception>
    public abstract JsonObject WriteOpenClip(ImageTowerConfig config, bool quickGelu);

    /// <summary>Whether open_clip builds such models as CustomTextCLIP, whose text tower lies below "text.".</summary>
    public virtual bool NeedsTextPrefix => false;

    /// <summary>The class of Hugging Face's library whose image tower this is, or null.</summary>
    public virtual HuggingFaceModel? HuggingFace => null;

    /// <summary>Reads the config off the shapes of OpenAI's names, if these are a tower of this kind.</summary>
    /// <param name="shapes">The tensors of a checkpoint.</param>
    /// <param name="activation">The activation, which shapes do not show.</param>
    public virtual ImageTowerConfig? TryInfer(TensorShapes shapes, Activation activation) => null;

    /// <summary>The activation of both towers, where the names of a checkpoint tell it; null where they do not.</summary>
    /// <param name="shapes">The tensors of a checkpoint.</param>
    public virtual Activation? TryInferActivation(TensorShapes shapes) => null;

    /// <summary>Reads the sizes that show in the shapes of any layout, if these are a tower of this kind.</summary>
    public abstract ImageTowerOutline? TryOutline(TensorShapes shapes);

    /// <summary>Why towers of this kind take only the resolution of their weights; null where they take others too.</summary>
    public virtual string? WhyNotResizable => null;

    /// <summary>Fits a parameter that depends on the resolution to another one.</summary>
    /// <param name="parameter">Its name in the tower.</param>
    /// <param name="stored">Its values as stored, float32.</param>
    /// <param name="from">The sizes they were trained for.</param>
    /// <param name="to">The sizes they are wanted for.</param>
    public virtual Tensor Resize(string parameter, Tensor stored, ImageTowerConfig from, ImageTowerConfig to) =>
        throw new ArgumentException($"'{parameter}' cannot be resized.", nameof(parameter));
}
