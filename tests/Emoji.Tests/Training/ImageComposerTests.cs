using Emoji.Rendering;
using Emoji.Training;
using Emoji.Training.Images;
using Training.Shared;

namespace Emoji.Tests.Training;

/// <summary>Images of training.</summary>
public class ImageComposerTests
{
    private const int Side = Recipe.Resolution;

    [Fact]
    public void Compose_SameChance_GivesTheSamePixelsWithinTheirRange()
    {
        var (one, other) = (new float[ImageComposer.Length], new float[ImageComposer.Length]);
        for (var index = 0; index < 40; index++)
        {
            var (random, again) = (new IndexedRandom(4, index), new IndexedRandom(4, index));
            ImageComposer.Compose(Square(), one, ref random);
            ImageComposer.Compose(Square(), other, ref again);

            Assert.Equal(one, other);
            Assert.All(one, value => Assert.InRange(value, -1.8f, 2.2f));
        }
    }

    [Fact]
    public void Warp_RedSquare_IsNearTheMiddleOnItsBackground()
    {
        var pixels = new float[ImageComposer.Length];
        for (var index = 0; index < 40; index++)
        {
            var random = new IndexedRandom(5, index);
            new Warp(ref random).Draw(Square(), new Background(ref random), pixels);

            Assert.Equal([1f, 0, 0], pixels.AsSpan(3 * (Side / 2 * Side + Side / 2), 3).ToArray());
        }
    }

    [Fact]
    public void FindEdges_AStep_IsADarkLineOnWhite()
    {
        var pixels = new float[ImageComposer.Length];
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = i / 3 % Side < Side / 2 ? 0 : 1;

        Filters.FindEdges(pixels, strength: 1);

        Assert.Equal([1f, 0, 0, 1f], ((int[])[10, Side / 2 - 1, Side / 2, 50]).Select(x => pixels[3 * (7 * Side + x)]));
    }

    [Fact]
    public void Filters_White_StaysWhite()
    {
        var random = new IndexedRandom(6, 0);
        var pixels = Enumerable.Repeat(1f, ImageComposer.Length).ToArray();

        Filters.Blur(pixels, 0.5f);
        Filters.Convolve(pixels, ref random);
        Colors.Mix(pixels, 1, ref random);
        Colors.Gray(pixels);

        Assert.All(pixels, value => Assert.Equal(1, value, 1e-4));
    }

    [Fact]
    public void EmojiOrder_ARound_HasEachEmojiOnceInAnOrderOfItsOwn()
    {
        int[] emoji = [3, 5, 8, 9, 11, 12, 20, 21];
        var order = new EmojiOrder(emoji, 1);
        var rounds = Enumerable.Range(0, 3 * emoji.Length).Select(place => order[place]).Chunk(emoji.Length).ToList();

        Assert.All(rounds, round => Assert.Equal(emoji, round.Order()));
        Assert.NotEqual(rounds[0], rounds[1]);
        Assert.Equal(rounds[1][2], new EmojiOrder(emoji, 1)[emoji.Length + 2]);
    }

    [Fact]
    public void ImageBatches_ResumedAtAStep_GiveThatStepsBatch()
    {
        IReadOnlyList<IReadOnlyList<byte[]>> drawn = [[Square()], [], [Square(), new byte[4 * RestyledImages.Side * RestyledImages.Side]]];
        using var all = new ImageBatches(drawn, 4, seed: 1, firstStep: 0, endStep: 3);
        using var last = new ImageBatches(drawn, 4, seed: 1, firstStep: 2, endStep: 3);
        all.Take(CancellationToken.None);
        all.Take(CancellationToken.None);

        var (one, other) = (all.Take(CancellationToken.None), last.Take(CancellationToken.None));

        Assert.Equal(one.Emoji, other.Emoji);
        Assert.Equal(one.Pixels, other.Pixels);
        Assert.DoesNotContain(1, one.Emoji);
    }

    // Red, three quarters as wide as the image.
    private static byte[] Square()
    {
        const int Drawn = RestyledImages.Side;
        var pixels = new byte[4 * Drawn * Drawn];
        for (var place = 0; place < Drawn * Drawn; place++)
        {
            if (place / Drawn is >= Drawn / 8 and < 7 * Drawn / 8 && place % Drawn is >= Drawn / 8 and < 7 * Drawn / 8)
                (pixels[4 * place], pixels[4 * place + 3]) = (255, 255);
        }
        return pixels;
    }
}
