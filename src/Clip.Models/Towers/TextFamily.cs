using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>All that the rest of the library asks about one kind of text tower.</summary>
/// <remarks>A kind lives in a folder of its own and stands in <see cref="TowerFamilies"/>; nothing else knows it by name.</remarks>
internal abstract class TextFamily
{
    /// <summary>Builds a tower.</summary>
    /// <param name="config">Its sizes.</param>
    /// <param name="embeddingSize">Channels of the embeddings, E.</param>
    /// <param name="weights">Makes its weights.</param>
    public abstract TextTower Create(TextTowerConfig config, int embeddingSize, WeightFactory weights);

    /// <summary>The model types that a family of several goes by; empty for one that has a single kind.</summary>
    public virtual IReadOnlyList<string> ModelTypes => [];

    /// <summary>The names of the parameters below "text." in a layout; null where it has none.</summary>
    /// <param name="layout">The layout.</param>
    /// <param name="prefix">Where the native layout keeps the tower: below "text.", or "" at the root.</param>
    public abstract TowerNames? Names(WeightLayout layout, string prefix);

    /// <summary>The names of the parameters below "text." in a publisher's own files; null where there are no such files.</summary>
    /// <param name="publisher">Whose files.</param>
    /// <param name="config">The tower.</param>
    public virtual TowerNames? Names(Publisher publisher, TextTowerConfig config) => null;

    /// <summary>What a checkpoint holds, where the names of its tensors say more than the config beside it.</summary>
    /// <param name="config">The tower as the config has it.</param>
    /// <param name="shapes">The tensors of the checkpoint.</param>
    public virtual TextTowerConfig Fit(TextTowerConfig config, TensorShapes shapes) => config;

    /// <summary>Reads text_cfg of Apple's config; null where it describes another kind of tower.</summary>
    public virtual TextTowerConfig? TryReadApple(ConfigSection text) => null;

    /// <summary>Reads the config of one of Apple's published models off its shapes, if these are a tower of this kind.</summary>
    public virtual TextTowerConfig? TryInferApple(TensorShapes shapes) => null;

    /// <summary>Reads text_cfg of open_clip's config; null where it describes another kind of tower.</summary>
    /// <param name="text">The section.</param>
    /// <param name="quickGelu">Whether the config asks for QuickGELU.</param>
    public abstract TextTowerConfig? TryReadOpenClip(ConfigSection text, bool quickGelu);

    /// <summary>Writes text_cfg of open_clip's config.</summary>
    /// <exception cref="ArgumentException">open_clip's config cannot express it.</exception>
    public abstract JsonObject WriteOpenClip(TextTowerConfig config);

    /// <summary>Whether open_clip's class CLIP cannot express a tower, so that it needs CustomTextCLIP.</summary>
    public abstract bool NeedsTextPrefix(TextTowerConfig config);

    /// <summary>The classes of Hugging Face's library that join such a text tower with CLIP's image tower.</summary>
    public virtual IReadOnlyList<HuggingFaceModel> HuggingFace => [];

    /// <summary>The one among them that a tower needs; null where the class of the image tower has it.</summary>
    public virtual HuggingFaceModel? HuggingFaceClassFor(TextTowerConfig config) => null;

    /// <summary>Reads text_config of a Hugging Face config; null where models of that type have another kind of tower.</summary>
    /// <param name="modelType">The config's model_type.</param>
    /// <param name="text">The section.</param>
    public virtual TextTowerConfig? TryReadHuggingFace(string modelType, OverriddenSection text) => null;

    /// <summary>Writes text_config of a Hugging Face config; null where models of that type have another kind of tower.</summary>
    /// <exception cref="ArgumentException">The config cannot express it.</exception>
    public virtual JsonObject? TryWriteHuggingFace(string modelType, TextTowerConfig config) => null;

    /// <summary>Reads the config off the shapes of OpenAI's names, if these are a tower of this kind.</summary>
    /// <param name="shapes">The tensors of a checkpoint.</param>
    /// <param name="activation">The activation, which shapes do not show.</param>
    public virtual TextTowerConfig? TryInfer(TensorShapes shapes, Activation activation) => null;

    /// <summary>Reads the sizes that show in the shapes of any layout, if these are a tower of this kind.</summary>
    public abstract TextTowerOutline? TryOutline(TensorShapes shapes);

    /// <summary>Why a tower takes only the context length of its weights; null where it takes others too.</summary>
    public virtual string? WhyNotResizable(TextTowerConfig config) => null;

    /// <summary>Fits a parameter that depends on the context length to another one.</summary>
    /// <param name="parameter">Its name in the tower.</param>
    /// <param name="stored">Its values as stored, float32.</param>
    /// <param name="to">The sizes they are wanted for.</param>
    public virtual Tensor Resize(string parameter, Tensor stored, TextTowerConfig to) =>
        throw new ArgumentException($"'{parameter}' cannot be resized.", nameof(parameter));
}
