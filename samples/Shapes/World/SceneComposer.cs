using Training.Shared;

namespace Shapes.World;

/// <summary>Draws a scene from a random generator.</summary>
internal static class SceneComposer
{
    // A shape whose color is nearer than this to the background's would be hard to see for people too.
    private const double LeastContrast = 0.4;

    /// <summary>Composes a scene.</summary>
    /// <param name="subject">What it is about.</param>
    /// <param name="isPlain">Whether the background is faint, the shape upright, and nothing is in the way.</param>
    /// <param name="random">Decides the rest.</param>
    public static Scene Compose(Subject subject, bool isPlain, ref IndexedRandom random)
    {
        var scene = Compose(subject, ref random);
        return isPlain
            ? scene with
            {
                Backdrop = scene.Backdrop with { Second = Rgb.Mix(scene.Backdrop.First, scene.Backdrop.Second, 0.3) },
                Angle = scene.Angle / 4,
                Cover = null,
                Blur = 0,
                Noise = 0,
            }
            : scene;
    }

    private static Scene Compose(Subject subject, ref IndexedRandom random)
    {
        var (color, shape, size, place, texture) = subject;
        var fill = Palette.Vary(color, ref random);
        var radius = size switch
        {
            ShapeSize.Small => random.Between(0.19, 0.22),
            ShapeSize.Medium => random.Between(0.26, 0.30),
            _ => random.Between(0.34, 0.39),
        };
        var x = Position(place.Column, radius, ref random);
        var y = Position(place.Row, radius, ref random);
        var backdrop = ComposeBackdrop(texture, fill, ref random);
        return new Scene
        {
            Shape = shape,
            Color = color,
            Size = size,
            Place = place,
            Backdrop = backdrop,
            Fill = fill,
            Radius = radius,
            CenterX = x,
            CenterY = y,
            Angle = random.Between(-18, 18),
            Cover = random.Chance(0.15)
                ? new Cover(random.Between(0, 360), random.Between(0.45, 0.7), random.Between(0.25, 0.4), MutedColor(fill, ref random))
                : null,
            Blur = random.Chance(0.2) ? random.Between(0.008, 0.018) : 0,
            Brightness = random.Between(0.85, 1.15),
            Noise = random.Chance(0.5) ? random.Between(0.01, 0.06) : 0,
            NoiseSeed = (long)random.NextBits(),
        };
    }

    // The outer thirds touch the border but for a margin, whatever the size.
    private static double Position(int third, double radius, ref IndexedRandom random)
    {
        var margin = radius + 0.03;
        return margin + (1 - 2 * margin) * Math.Clamp(third / 2.0 + random.Between(-0.1, 0.1), 0, 1);
    }

    private static Backdrop ComposeBackdrop(Texture texture, Rgb fill, ref IndexedRandom random)
    {
        var first = MutedColor(fill, ref random);
        var second = MutedColor(fill, ref random);
        // A pattern of two equal colors would be none.
        for (var attempt = 0; attempt < 20 && Math.Abs(first.Lightness - second.Lightness) < 0.12; attempt++)
            second = MutedColor(fill, ref random);
        return new Backdrop
        {
            Texture = texture,
            First = first,
            Second = texture == Texture.Plain ? first : second,
            Angle = random.Between(0, 180),
            Period = texture == Texture.Noise ? random.Between(0.03, 0.06) : random.Between(0.14, 0.26),
            Seed = (long)random.NextBits(),
        };
    }

    private static Rgb MutedColor(Rgb fill, ref IndexedRandom random)
    {
        while (true)
        {
            var color = Rgb.FromHue(random.Next(), random.Between(0, 0.35), random.Between(0.15, 0.88));
            if (color.DistanceTo(fill) >= LeastContrast)
                return color;
        }
    }
}
