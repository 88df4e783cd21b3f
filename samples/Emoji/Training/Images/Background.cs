using System.Numerics;
using Training.Shared;

namespace Emoji.Training.Images;

/// <summary>What is behind an emoji: white most often, else a color that may change from top to bottom.</summary>
internal readonly struct Background
{
    private readonly Vector3 _middle = Vector3.One;
    private readonly Vector3 _change = Vector3.Zero;

    /// <summary>Draws one.</summary>
    /// <param name="random">Decides.</param>
    public Background(ref IndexedRandom random)
    {
        if (!random.Chance(0.35))
            return;
        _middle = random.Chance(0.3)
            ? new Vector3((float)random.Next(), (float)random.Next(), (float)random.Next())
            : new Vector3(Pale(ref random), Pale(ref random), Pale(ref random));
        if (random.Chance(0.4))
            _change = 0.3f * new Vector3((float)random.Between(-1, 1), (float)random.Between(-1, 1), (float)random.Between(-1, 1));
    }

    /// <summary>The color at a height.</summary>
    /// <param name="height">From -0.5, the top, to 0.5.</param>
    public Vector3 At(float height) => Vector3.Clamp(_middle + height * _change, Vector3.Zero, Vector3.One);

    private static float Pale(ref IndexedRandom random) => (float)(1 - 0.5 * random.Next() * random.Next());
}
