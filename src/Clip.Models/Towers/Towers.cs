namespace Clip.Models;

/// <summary>Which towers of a model are loaded.</summary>
[Flags]
public enum Towers
{
    /// <summary>The image tower.</summary>
    Image = 1,

    /// <summary>The text tower.</summary>
    Text = 2,

    /// <summary>The whole model.</summary>
    Both = Image | Text,
}
