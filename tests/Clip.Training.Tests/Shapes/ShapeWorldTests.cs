using Shapes.Training;
using Shapes.World;

namespace Clip.Training.Tests.Shapes;

/// <summary>The world of captioned shapes that the bundled model is trained on.</summary>
public class ShapeWorldTests
{
    private const int Images = 2000;

    [Fact]
    public void Unseen_Pairs_AreAFifthAndEveryColorAndShapeEquallyOften()
    {
        Assert.Equal(100, Combinations.All.Count);
        Assert.Equal(20, Combinations.Unseen.Count);
        Assert.All(Combinations.Unseen.GroupBy(pair => pair.Color), group => Assert.Equal(2, group.Count()));
        Assert.All(Combinations.Unseen.GroupBy(pair => pair.Shape), group => Assert.Equal(2, group.Count()));
        Assert.Equal(10, Combinations.Unseen.GroupBy(pair => pair.Color).Count());
        Assert.Empty(Combinations.Unseen.Intersect(Combinations.Seen));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Item_TrainingWorld_NeverShowsOrNamesAnUnseenPair(int phase)
    {
        var recipe = new Recipe();
        var world = recipe.World(recipe.Phases[phase]);
        var unseen = Combinations.Unseen.Select(pair => (Words.Of(pair.Color), Words.Of(pair.Shape))).ToList();
        for (var index = 0; index < 5 * Images; index++)
        {
            var (scene, caption) = world[index];
            var words = caption.Text.ToLowerInvariant().Split([' ', ',', '.']);
            Assert.False(Combinations.IsUnseen(scene.Color, scene.Shape));
            Assert.DoesNotContain(unseen, pair => words.Contains(pair.Item1) && words.Contains(pair.Item2));
        }
    }

    [Fact]
    public void Item_SameIndex_IsTheSameImageAndCaption()
    {
        var (one, other) = (new ShapeWorld(5, Combinations.All), new ShapeWorld(5, Combinations.All));
        using var first = new ScenePainter(48);
        using var second = new ScenePainter(48);
        foreach (var index in (long[])[0, 7, 123_456, long.MaxValue / 2])
        {
            Assert.Equal(one[index], other[index]);
            Assert.Equal(first.Paint(one[index].Scene), second.Paint(other[index].Scene));
        }
    }

    [Fact]
    public void Item_OtherSeedOrIndex_IsAnotherImage()
    {
        var (one, other) = (new ShapeWorld(5, Combinations.All), new ShapeWorld(6, Combinations.All));

        Assert.Equal(Images, Enumerable.Range(0, Images / 2).SelectMany(index => new[] { one[index].Scene, other[index].Scene }).Distinct().Count());
    }

    [Fact]
    public void Item_EveryColorShapeSizePlaceAndTexture_IsCommon()
    {
        var world = new ShapeWorld(5, Combinations.All);
        var scenes = Enumerable.Range(0, Images).Select(index => world[index].Scene).ToList();

        AssertEven(scenes, scene => scene.Color, 10);
        AssertEven(scenes, scene => scene.Shape, 10);
        AssertEven(scenes, scene => scene.Size, 3);
        AssertEven(scenes, scene => scene.Place, 9);
        AssertEven(scenes, scene => scene.Backdrop.Texture, 7);
    }

    [Fact]
    public void Item_Family_DiffersInShapeAlone()
    {
        var world = new ShapeWorld(5, Combinations.Seen, familySize: 4);
        for (var family = 0; family < 50; family++)
        {
            var scenes = Enumerable.Range(4 * family, 4).Select(index => world[index].Scene).ToList();
            Assert.Equal(4, scenes.Select(scene => scene.Shape).Distinct().Count());
            Assert.Single(scenes.Select(scene => (scene.Color, scene.Size, scene.Place, scene.Backdrop.Texture)).Distinct());
        }
    }

    [Fact]
    public void Item_Caption_IsTrueOfItsScene()
    {
        var world = new ShapeWorld(5, Combinations.All);
        for (var index = 0; index < Images; index++)
        {
            var (scene, caption) = world[index];
            Assert.True(caption.Fits(scene, scene));
            Assert.Equal(caption.Mentions.HasFlag(Mentions.Blur), caption.Text.Contains("blurr", StringComparison.OrdinalIgnoreCase) || caption.Text.Contains("out of focus", StringComparison.Ordinal));
            Assert.DoesNotContain("  ", caption.Text, StringComparison.Ordinal);
            Assert.DoesNotContain(",,", caption.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Paint_Scene_ShowsItsColorWhereTheShapeIs()
    {
        var world = new ShapeWorld(5, Combinations.All);
        using var painter = new ScenePainter(96);
        foreach (var scene in Enumerable.Range(0, 200).Select(index => world[index].Scene).Where(scene => scene is { Shape: ShapeKind.Square, Cover: null, Noise: 0 }))
        {
            var pixels = painter.Paint(scene);
            var at = 4 * ((int)(scene.CenterY * 96) * 96 + (int)(scene.CenterX * 96));
            Assert.InRange(pixels[at] / (255 * scene.Brightness) - scene.Fill.Red, -0.2, 0.02);
            Assert.InRange(pixels[at + 1] / (255 * scene.Brightness) - scene.Fill.Green, -0.2, 0.02);
            Assert.InRange(pixels[at + 2] / (255 * scene.Brightness) - scene.Fill.Blue, -0.2, 0.02);
        }
    }

    [Fact]
    public void Item_GrayShare_HasFamiliesInBlackAndWhiteThatNameNoColor()
    {
        var world = new ShapeWorld(5, Combinations.Seen, familySize: 4, grayShare: 0.5);
        using var painter = new ScenePainter(24);
        var families = Enumerable.Range(0, 100).Select(family => Enumerable.Range(4 * family, 4).Select(index => world[index]).ToList()).ToList();

        Assert.All(families, family => Assert.Single(family.Select(sample => sample.Scene.IsGray).Distinct()));
        var gray = families.SelectMany(family => family).Where(sample => sample.Scene.IsGray).ToList();
        Assert.InRange(gray.Count, 100, 300);
        Assert.All(gray, sample =>
        {
            Assert.Equal(Mentions.Shape, sample.Caption.Mentions & (Mentions.Shape | Mentions.Color));
            Assert.Empty(sample.Caption.Text.ToLowerInvariant().Split([' ', ',', '.']).Intersect(Combinations.Colors.Select(Words.Of)));
        });
        foreach (var sample in gray.Where(sample => sample.Scene.Noise == 0))
        {
            var pixels = painter.Paint(sample.Scene);
            for (var i = 0; i < pixels.Length; i += 4)
                Assert.Equal((pixels[i], pixels[i]), (pixels[i + 1], pixels[i + 2]));
        }
    }

    private static void AssertEven<T>(List<Scene> scenes, Func<Scene, T> property, int count)
    {
        var groups = scenes.GroupBy(property).ToList();
        Assert.Equal(count, groups.Count);
        Assert.All(groups, group => Assert.InRange(group.Count() * count / (double)scenes.Count, 0.7, 1.3));
    }
}
