using System.Numerics;
using Training.Shared;

namespace Shapes.World;

/// <summary>An endless collection of captioned images of which none is stored: each is a function of the seed and its index.</summary>
/// <remarks>
/// Images come in families, one after another: those of a family have color, size, place and background in common and differ in
/// shape, so that a batch holds captions that are wrong about nothing else. A family of one is an image that has nothing to do with
/// its neighbors. The first images of a training run can be plain ones, large shapes in the middle of a faint background with captions
/// of few words, which give way to the usual ones little by little.
/// </remarks>
internal sealed class ShapeWorld
{
    // Apart from all indices of images, which are not negative.
    private const long FirstFamily = long.MinValue;

    private readonly long _seed;
    private readonly int _familySize;
    private readonly long _plainUntil;
    private readonly double _grayShare;
    private readonly (ShapeColor Color, ShapeKind[] Shapes)[] _colors;

    /// <summary>Fixes the images.</summary>
    /// <param name="seed">Different seeds give different images.</param>
    /// <param name="pairs">The pairs of color and shape that occur.</param>
    /// <param name="familySize">Images per family; no more than there are shapes for any of the colors.</param>
    /// <param name="plainUntil">The index from which on no image is a plain one.</param>
    /// <param name="grayShare">The share of families in black and white, whose captions name no color.</param>
    public ShapeWorld(long seed, IEnumerable<(ShapeColor Color, ShapeKind Shape)> pairs, int familySize = 1, long plainUntil = 0, double grayShare = 0)
    {
        _plainUntil = plainUntil;
        _grayShare = grayShare;
        _seed = seed;
        _familySize = familySize;
        _colors = [.. pairs.GroupBy(pair => pair.Color, pair => pair.Shape).Select(group => (group.Key, group.ToArray()))];
        ArgumentOutOfRangeException.ThrowIfLessThan(familySize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(familySize, _colors.Min(color => color.Shapes.Length));
    }

    /// <summary>What fixes the images.</summary>
    public string Identity =>
        $"shapes of seed {_seed}; {_colors.Sum(color => color.Shapes.Length)} pairs; families of {_familySize}; plain until {_plainUntil}{(_grayShare > 0 ? $"; {_grayShare:P0} gray" : "")}";

    /// <summary>The image and the caption with a number.</summary>
    public Sample this[long index]
    {
        get
        {
            var family = new IndexedRandom(_seed, FirstFamily + index / _familySize);
            var (color, shapes) = _colors[family.Below(_colors.Length)];
            var first = family.Below(shapes.Length);
            var step = Stride(shapes.Length, ref family);
            var subject = new Subject(
                color,
                shapes[(first + (int)(index % _familySize) * step) % shapes.Length],
                (ShapeSize)family.Below(3),
                new Place(family.Below(3), family.Below(3)),
                (Texture)family.Below(Textures));
            var isPlain = family.Next() * _plainUntil > index;
            if (isPlain)
                subject = subject with { Size = ShapeSize.Large, Place = new Place(1, 1) };

            var random = new IndexedRandom(_seed, index);
            var scene = SceneComposer.Compose(subject, isPlain, ref random) with { IsGray = family.Chance(_grayShare) };
            return new Sample(scene, CaptionWriter.Write(scene, isBrief: isPlain, ref random));
        }
    }

    private static int Textures => Enum.GetValues<Texture>().Length;

    // A step without a divisor in common with the count meets every shape once.
    private static int Stride(int count, ref IndexedRandom random)
    {
        int step;
        do
            step = 1 + random.Below(count);
        while (BigInteger.GreatestCommonDivisor(step, count) != 1);
        return step;
    }
}
