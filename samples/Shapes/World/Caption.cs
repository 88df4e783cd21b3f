namespace Shapes.World;

/// <summary>A caption, and what it says.</summary>
/// <param name="Text">The words.</param>
/// <param name="Mentions">What of its scene they tell.</param>
internal readonly record struct Caption(string Text, Mentions Mentions)
{
    /// <summary>Whether the words, written for one scene, are as true of another.</summary>
    public bool Fits(Scene own, Scene other) =>
        (!Mentions.HasFlag(Mentions.Shape) || own.Shape == other.Shape)
        && (!Mentions.HasFlag(Mentions.Color) || own.Color == other.Color)
        && (!Mentions.HasFlag(Mentions.Size) || own.Size == other.Size)
        && (!Mentions.HasFlag(Mentions.Place) || own.Place == other.Place)
        && (!Mentions.HasFlag(Mentions.Texture) || own.Backdrop.Texture == other.Backdrop.Texture)
        && (!Mentions.HasFlag(Mentions.Tone) || own.Backdrop.Tone == other.Backdrop.Tone)
        && (!Mentions.HasFlag(Mentions.Blur) || other.Blur > 0)
        && (!Mentions.HasFlag(Mentions.Cover) || other.Cover is not null);
}
