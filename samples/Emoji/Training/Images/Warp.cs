using System.Numerics;
using Emoji.Rendering;
using Training.Shared;

namespace Emoji.Training.Images;

/// <summary>Another place, size, angle and shape: an affine map and, as no two illustrators draw the same lines, a smooth displacement.</summary>
/// <remarks>Source of the displacement: Simard et al. 2003, "Best Practices for Convolutional Neural Networks", section 2.</remarks>
internal readonly struct Warp
{
    private const int Side = Recipe.Resolution;
    private const int Drawn = RestyledImages.Side;
    private const int Knots = 5;
    private const double MostDisplacement = 4;
    private const double MostDegrees = 10;

    private readonly Vector2 _right;
    private readonly Vector2 _down;
    private readonly Vector2 _middle;
    private readonly Vector2[] _displacements = new Vector2[Knots * Knots];

    /// <summary>Draws one.</summary>
    /// <param name="random">Decides.</param>
    public Warp(ref IndexedRandom random)
    {
        var (scale, aspect) = (Math.Exp(random.Between(-0.3, 0.08)), Math.Exp(random.Between(-0.1, 0.1)));
        var angle = random.Chance(0.7) ? random.Between(-MostDegrees, MostDegrees) * Math.PI / 180 : 0;
        var shear = random.Between(-0.1, 0.1);
        // Of one pixel of the result, in pixels of the drawn image.
        var (width, height) = ((double)Drawn / Side / (scale * aspect), (double)Drawn / Side / (scale / aspect));
        _right = new Vector2((float)(Math.Cos(angle) * width), (float)(Math.Sin(angle) * width));
        _down = new Vector2((float)((shear - Math.Sin(angle)) * height), (float)(Math.Cos(angle) * height));
        var room = Math.Max(2, (1 - scale) * Side / 2);
        _middle = new Vector2((float)random.Between(-room, room), (float)random.Between(-room, room)) + new Vector2(Side / 2f - 0.5f);
        var most = (float)(random.Chance(0.85) ? random.Between(0, MostDisplacement) : 0);
        for (var i = 0; i < _displacements.Length; i++)
            _displacements[i] = most * new Vector2((float)random.Between(-1, 1), (float)random.Between(-1, 1));
    }

    /// <summary>Draws an image.</summary>
    /// <param name="drawn">The image, premultiplied RGBA.</param>
    /// <param name="background">What is behind it.</param>
    /// <param name="target">Where to, [H, W, 3], from 0 to 1.</param>
    public void Draw(byte[] drawn, Background background, float[] target)
    {
        for (var y = 0; y < Side; y++)
        {
            var behind = background.At(y / (float)Side - 0.5f);
            for (var x = 0; x < Side; x++)
            {
                var offset = new Vector2(x, y) - _middle;
                var color = Sample(drawn, offset.X * _right + offset.Y * _down + new Vector2(Drawn / 2f - 0.5f) + DisplacementAt(x, y));
                var place = 3 * (y * Side + x);
                target[place] = color.X + (1 - color.W) * behind.X;
                target[place + 1] = color.Y + (1 - color.W) * behind.Y;
                target[place + 2] = color.Z + (1 - color.W) * behind.Z;
            }
        }
    }

    private Vector2 DisplacementAt(int x, int y)
    {
        const float KnotsPerPixel = (Knots - 1) / (float)Side;
        var (column, row) = ((int)(x * KnotsPerPixel), (int)(y * KnotsPerPixel));
        var (right, down) = (x * KnotsPerPixel - column, y * KnotsPerPixel - row);
        var knot = row * Knots + column;
        return Vector2.Lerp(
            Vector2.Lerp(_displacements[knot], _displacements[knot + 1], right),
            Vector2.Lerp(_displacements[knot + Knots], _displacements[knot + Knots + 1], right),
            down);
    }

    private static Vector4 Sample(byte[] drawn, Vector2 place)
    {
        var (left, top) = ((int)MathF.Floor(place.X), (int)MathF.Floor(place.Y));
        if (left < -1 || top < -1 || left >= Drawn || top >= Drawn)
            return Vector4.Zero;
        var (right, down) = (place.X - left, place.Y - top);
        return Vector4.Lerp(
            Vector4.Lerp(At(drawn, left, top), At(drawn, left + 1, top), right),
            Vector4.Lerp(At(drawn, left, top + 1), At(drawn, left + 1, top + 1), right),
            down) / 255;
    }

    private static Vector4 At(byte[] drawn, int x, int y)
    {
        if ((uint)x >= Drawn || (uint)y >= Drawn)
            return Vector4.Zero;
        var place = 4 * (y * Drawn + x);
        return new Vector4(drawn[place], drawn[place + 1], drawn[place + 2], drawn[place + 3]);
    }
}
