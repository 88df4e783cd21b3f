using Clip.Models;
using Clip.Tokenization;
using Shapes.World;
using Training.Shared;

namespace Shapes.Training;

/// <summary>A model in open_clip's layout: weights, config, vocabulary.</summary>
internal sealed class ModelFolder : IDisposable
{
    private ModelFolder(string path)
    {
        Network = DualEncoder.Load(path);
        Tokenizer = ClipTokenizer.Load(path, Recipe.Tokenization);
    }

    public DualEncoder Network { get; }

    public ClipTokenizer Tokenizer { get; }

    /// <summary>Reads a folder.</summary>
    public static ModelFolder Load(string path) => new(path);

    /// <summary>Learns the vocabulary of captions that training may show, writes it and reads it.</summary>
    public static ClipTokenizer CreateTokenizer(string path)
    {
        var learner = new VocabularyLearner(Recipe.Tokenization);
        var world = new ShapeWorld(Recipe.TrainingSeed, Combinations.Seen);
        for (var index = 0; index < Recipe.VocabularyCaptions; index++)
            learner.Add(world[index].Caption.Text);
        learner.Learn(Recipe.VocabularySize).Save(path);
        return ClipTokenizer.Load(path, Recipe.Tokenization);
    }

    /// <summary>Writes a model beside its vocabulary, the weights in half precision.</summary>
    public static void Write(string path, DualEncoder network) => ModelFiles.Write(path, network, Recipe.Preprocessing);

    public void Dispose() => Network.Dispose();
}
