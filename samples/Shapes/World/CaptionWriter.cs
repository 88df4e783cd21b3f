using Training.Shared;

namespace Shapes.World;

/// <summary>Writes captions as people might: in different orders, and seldom all there is to say.</summary>
internal static class CaptionWriter
{
    /// <summary>Describes a scene.</summary>
    /// <param name="scene">The scene.</param>
    /// <param name="isBrief">Whether nothing is said but color and shape.</param>
    /// <param name="random">Decides what is said and how.</param>
    public static Caption Write(Scene scene, bool isBrief, ref IndexedRandom random)
    {
        var said = Choose(scene, ref random);
        if (isBrief)
            said = random.Chance(0.4) ? Mentions.Shape : Mentions.Shape | Mentions.Color;
        if (scene.IsGray)
            said = said & ~Mentions.Color | Mentions.Shape;
        var thing = NameThing(scene, said, ref random);
        var place = said.HasFlag(Mentions.Place) ? Words.Name(scene.Place, ref random) : "";
        var (behind, background) = NameBackdrop(scene.Backdrop, said, ref random);
        var isBlurred = said.HasFlag(Mentions.Blur);

        var text = random.Below(10) switch
        {
            0 or 1 or 2 => Join(thing, place, behind),
            3 => Join(thing, behind, place),
            4 when background.Length > 0 => Join($"{background} with", thing, place),
            5 => Join(Image(isBlurred, ref random), "shows", Join(background, background.Length > 0 ? "with" : ""), thing, place),
            6 => Join(Image(isBlurred, ref random), "of", thing, place, behind),
            7 when place.Length > 0 => Join(place, random.Pick("there is", "you can see", "is"), thing, behind),
            8 when behind.Length > 0 => Join($"{behind},", thing, place),
            9 => Join(random.Pick("there is", "this is", "here is", "i see"), thing, place, behind),
            _ => Join(thing, place, behind),
        };
        if (isBlurred && !text.Contains("blurr", StringComparison.Ordinal))
            text += random.Pick(", blurred", ", a little blurry", ", out of focus");
        return new Caption(random.Chance(0.3) ? $"{char.ToUpperInvariant(text[0])}{text[1..]}." : text, said);
    }

    private static Mentions Choose(Scene scene, ref IndexedRandom random)
    {
        var detail = random.Next();
        var said = detail switch
        {
            < 0.3 => Mentions.Shape,
            < 0.36 => Mentions.Color,
            _ => Mentions.Shape | Mentions.Color,
        };
        // Short captions name the thing alone; the others say most of the rest.
        var share = random.Chance(0.2) ? 0 : 0.75;
        Add(Mentions.Size, share, ref random);
        Add(Mentions.Place, share, ref random);
        Add(Mentions.Texture, share, ref random);
        if (said.HasFlag(Mentions.Texture) && scene.Backdrop.Tone != Tone.Middle)
            Add(Mentions.Tone, 0.6, ref random);
        if (scene.Blur > 0)
            Add(Mentions.Blur, share / 2, ref random);
        if (scene.Cover is not null)
            Add(Mentions.Cover, share / 2, ref random);
        return said;

        void Add(Mentions mention, double probability, ref IndexedRandom random)
        {
            if (random.Chance(probability))
                said |= mention;
        }
    }

    private static string NameThing(Scene scene, Mentions said, ref IndexedRandom random)
    {
        var size = said.HasFlag(Mentions.Size) ? Words.Name(scene.Size, ref random) : "";
        var color = said.HasFlag(Mentions.Color) ? Words.Name(scene.Color, ref random) : "";
        var shape = said.HasFlag(Mentions.Shape) ? Words.Name(scene.Shape, ref random) : random.Pick("shape", "thing", "figure");
        var hidden = said.HasFlag(Mentions.Cover) ? random.Pick("partly hidden", "half covered", "partly covered") : "";

        return random.Below(8) switch
        {
            0 when color.Length > 0 && size.Length > 0 => Join(WithArticle(Join(size, shape)), random.Pick($"in {color}", $"that is {color}"), hidden),
            1 when color.Length > 0 && size.Length > 0 => Join(WithArticle(shape) + ",", $"{size} and {color},", hidden),
            2 when color.Length > 0 && !said.HasFlag(Mentions.Shape) => Join($"something {color}", hidden),
            3 when size.Length > 0 && color.Length > 0 => Join(WithArticle(Join(color, shape)) + ",", size + ",", hidden),
            4 when color.Length > 0 && size.Length == 0 => Join(WithArticle(shape), $"in {color}", hidden),
            _ => WithArticle(Join(hidden, size, color, shape)),
        };
    }

    private static (string Behind, string Background) NameBackdrop(Backdrop backdrop, Mentions said, ref IndexedRandom random)
    {
        if (!said.HasFlag(Mentions.Texture))
            return ("", "");
        var tone = said.HasFlag(Mentions.Tone) ? backdrop.Tone == Tone.Dark ? "dark" : random.Pick("light", "bright") : "";
        if (tone.Length == 0 && backdrop.Texture != Texture.Plain && random.Chance(0.25))
        {
            var noun = Words.Noun(backdrop.Texture);
            return (Join(random.Pick("in front of", "over", "on"), noun), $"a background of {noun}");
        }
        var background = WithArticle(Join(tone, Words.Adjective(backdrop.Texture, ref random), random.Pick("background", "background", "backdrop")));
        return (Join(random.Pick("on", "on", "against", "in front of"), background), background);
    }

    private static string Image(bool isBlurred, ref IndexedRandom random) =>
        random.Pick("the ", "a ") switch
        {
            "the " => Join("the", isBlurred ? "blurry" : "", random.Pick("picture", "image", "photo", "drawing")),
            _ => WithArticle(Join(isBlurred ? "blurry" : "", random.Pick("picture", "image", "photo", "drawing"))),
        };

    private static string WithArticle(string words)
    {
        // An hourglass begins with a vowel to the ear and a uniform background does not.
        var startsWithVowel = words.StartsWith("hourglass", StringComparison.Ordinal)
            || (words[0] is 'a' or 'e' or 'i' or 'o' or 'u' && !words.StartsWith("uniform", StringComparison.Ordinal));
        return (startsWithVowel ? "an " : "a ") + words;
    }

    private static string Join(params ReadOnlySpan<string> parts)
    {
        var text = "";
        foreach (var part in parts)
        {
            if (part.Length > 0)
                text = text.Length == 0 ? part : $"{text} {part}";
        }
        return text.TrimEnd(',');
    }
}
