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
        var score = ZeroShot.Measure(_model.Network, new PairFactory(_model.Tokenizer), Recipe.TestSeed, Combinations.Unseen, 500);

        Assert.InRange(score.Both, 0.9, 1);
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
