using ZeroShotScore = Shapes.Evaluation.ZeroShot;
using Shapes.Evaluation;
using Shapes.Training;
using Shapes.World;

namespace Clip.Training.Tests.Shapes;

/// <summary>The model in models/shapes.</summary>
public sealed class BundledModelTests : IDisposable
{
    private readonly ModelFolder _model = ModelFolder.Load(Path.Combine(Fixtures.Repository, "models", "shapes"));

    public BundledModelTests() => _model.Network.eval();

    public void Dispose() => _model.Dispose();

    // Chance is 1 in 100.
    [Fact]
    public void ZeroShot_UnseenPairs_IsRightNineTimesOutOfTen()
    {
        var score = ZeroShotScore.Measure(_model.Network, new PairFactory(_model.Tokenizer), Recipe.TestSeed, Combinations.Unseen, 500);

        Assert.InRange(score.Both, 0.9, 1);
    }

    // Chance is half of them.
    [Theory]
    [InlineData(ExplanationMethod.Dense, 500, 0.85)]
    [InlineData(ExplanationMethod.Occlusion, 40, 0.95)]
    public void Explain_TwoShapes_MapsLieOnTheNamedOne(ExplanationMethod method, int images, double least)
    {
        using var clip = ClipModel.Load(Path.Combine(Fixtures.Repository, "models", "shapes"), new ClipModelOptions { Device = "cpu" });

        var score = Localization.Measure(clip, Recipe.TestSeed, images, new() { Method = method, LocalBlocks = 2 });

        Assert.InRange(score.OnNamed, least, 1);
        Assert.InRange(score.Segmented, 0.6, 1);
    }

    [Fact]
    public void Vocabulary_Bundled_IsWhatTheLearnerMakesOfTheCaptions()
    {
        using var folder = new TemporaryFolder();
        ModelFolder.CreateTokenizer(folder.Path);

        foreach (var name in (string[])["vocab.json", "merges.txt"])
            Assert.Equal(File.ReadAllBytes(Path.Combine(Fixtures.Repository, "models", "shapes", name)), File.ReadAllBytes(folder.File(name)));
    }

    [Fact]
    public void Tokenize_CaptionsOfTheWorld_FitTheContext()
    {
        var world = new ShapeWorld(9, Combinations.All);

        Assert.All(Enumerable.Range(0, 5000), index => Assert.True(_model.Tokenizer.Fit(world[index].Caption.Text).Fits));
    }
}
