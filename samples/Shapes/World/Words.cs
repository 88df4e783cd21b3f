using Training.Shared;

namespace Shapes.World;

/// <summary>How captions name things: the usual word most of the time, now and then another.</summary>
internal static class Words
{
    private static readonly string[] Shapes =
        ["circle", "square", "triangle", "star", "heart", "cross", "ring", "moon", "arrow", "hourglass"];

    private static readonly string[][] OtherShapes =
        [["disc"], ["box"], [], [], [], ["plus sign"], ["hoop", "donut"], ["crescent", "crescent moon"], [], ["sand timer"]];

    private static readonly string[] Colors =
        ["red", "orange", "yellow", "green", "turquoise", "blue", "purple", "pink", "white", "black"];

    private static readonly string[][] OtherColors =
        [["crimson", "scarlet"], ["tangerine"], ["lemon yellow"], ["emerald"], ["teal", "cyan"], ["royal blue"], ["violet"], ["rosy"], ["snow white"], ["jet black"]];

    private static readonly string[][] Sizes = [["small", "little", "tiny"], ["medium-sized", "mid-sized"], ["large", "big", "huge"]];

    private static readonly string[][] Textures =
    [
        ["plain", "uniform"],
        ["grainy", "noisy"],
        ["striped"],
        ["gradient", "gradually shaded"],
        ["checkered", "checked"],
        ["blotchy", "patchy"],
        ["dotted", "spotted"],
    ];

    private static readonly string[] TextureNouns = ["nothing", "grain", "stripes", "a gradient", "checks", "blotches", "dots"];

    /// <summary>The usual name.</summary>
    public static string Of(ShapeKind shape) => Shapes[(int)shape];

    /// <inheritdoc cref="Of(ShapeKind)"/>
    public static string Of(ShapeColor color) => Colors[(int)color];

    public static string Name(ShapeKind shape, ref IndexedRandom random) => UsualOr(Shapes[(int)shape], OtherShapes[(int)shape], ref random);

    public static string Name(ShapeColor color, ref IndexedRandom random) => UsualOr(Colors[(int)color], OtherColors[(int)color], ref random);

    public static string Name(ShapeSize size, ref IndexedRandom random) => random.Pick<string>(Sizes[(int)size]);

    public static string Adjective(Texture texture, ref IndexedRandom random) => random.Pick<string>(Textures[(int)texture]);

    public static string Noun(Texture texture) => TextureNouns[(int)texture];

    /// <summary>"in the top left", "near the right edge": where the shape is.</summary>
    public static string Name(Place place, ref IndexedRandom random) => place switch
    {
        (1, 1) => random.Pick("in the middle", "in the center", "at the center"),
        (1, var row) when row == 0 => random.Pick("at the top", "near the top edge", "in the upper middle"),
        (1, _) => random.Pick("at the bottom", "near the bottom edge", "in the lower middle"),
        (var column, 1) when column == 0 => random.Pick("on the left", "at the left side", "near the left edge"),
        (_, 1) => random.Pick("on the right", "at the right side", "near the right edge"),
        var (column, row) => Corner(row == 0, column == 0 ? "left" : "right", ref random),
    };

    private static string Corner(bool isTop, string side, ref IndexedRandom random)
    {
        var (vertical, other) = isTop ? ("top", "upper") : ("bottom", "lower");
        return random.Below(5) switch
        {
            0 => $"near the {vertical} {side}",
            1 => $"in the {vertical} {side} corner",
            2 => $"at the {other} {side}",
            3 => $"near the {other} {side} corner",
            _ => $"in the {vertical} {side}",
        };
    }

    private static string UsualOr(string usual, string[] others, ref IndexedRandom random) =>
        others.Length > 0 && random.Chance(0.12) ? random.Pick<string>(others) : usual;
}
