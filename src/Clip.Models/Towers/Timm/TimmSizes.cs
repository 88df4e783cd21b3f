using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>Collects for timm_model_kwargs what differs from the sizes of a network's name.</summary>
internal sealed class TimmSizes
{
    /// <summary>The settings.</summary>
    public JsonObject Settings { get; } = [];

    /// <summary>Adds the size of the input, which timm takes as one number or height and width.</summary>
    public TimmSizes Resolution(ImageSize value, ImageSize usual)
    {
        if (value != usual)
            Settings["img_size"] = Of(value);
        return this;
    }

    /// <summary>Adds a size.</summary>
    public TimmSizes Add(string name, int value, int usual)
    {
        if (value != usual)
            Settings[name] = value;
        return this;
    }

    /// <summary>Adds the sizes of the stages.</summary>
    public TimmSizes Add(string name, ValueList<int> values, ValueList<int> usual)
    {
        if (values != usual)
            Settings[name] = new JsonArray([.. values.Select(value => JsonValue.Create(value))]);
        return this;
    }

    /// <summary>Adds a grid.</summary>
    public TimmSizes Grid(string name, ImageSize value, ImageSize usual)
    {
        if (value != usual)
            Settings[name] = new JsonArray(value.Height, value.Width);
        return this;
    }

    /// <summary>Adds mlp_ratio, where the usual one gives other hidden channels.</summary>
    public TimmSizes Mlp(int width, int hidden, double usual) => (int)(width * usual) == hidden ? this : Mlp("mlp_ratio", width, hidden);

    /// <summary>Adds a choice that is made.</summary>
    public TimmSizes Flag(string name, bool value)
    {
        if (value)
            Settings[name] = true;
        return this;
    }

    /// <summary>Adds the ratio of an MLP.</summary>
    public TimmSizes Mlp(string name, int width, int hidden)
    {
        var ratio = (double)hidden / width;
        Settings[name] = (int)(width * ratio) == hidden ? ratio : Math.BitIncrement(ratio);
        return this;
    }

    private static JsonNode Of(ImageSize size) => size.SquareSide is { } side ? side : new JsonArray(size.Height, size.Width);
}
