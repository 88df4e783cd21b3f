using Clip.Checkpoints;
using Clip.Fuzz.Mutation;
using Clip.Models;
using Clip.Tokenization;

namespace Clip.Fuzz.Targets;

/// <summary>A model's folder of which one file is changed: config, preprocessing, vocabulary, weights.</summary>
internal sealed class ModelTarget(string name, Mutator mutator, params string[] files) : FuzzTarget
{
    public override string Name => name;

    public override string Calls => "ClipModel.Load, EmbedTexts";

    public override IReadOnlyList<Type> Documented { get; } =
    [
        typeof(CheckpointException), typeof(CheckpointMismatchException), typeof(ModelSourceException), typeof(InvalidDataException), typeof(VocabularyException),
    ];

    public override Mutator Mutator => mutator;

    public override int Share => 1;

    public override bool DisposesTensors => false;

    // A config may state 1,024 layers in each tower; naming their tensors to compare them with the file's takes a part of this, for a moment.
    public override long MostBytes => 512L << 20;

    public override ulong Read(FuzzInput input)
    {
        foreach (var (fileName, bytes) in TinyModel.Files)
            input.Write(fileName, fileName == input.Name ? input.Bytes : bytes);
        using var clip = ClipModel.Load(input.Folder);
        var embedding = clip.EmbedTexts(["a photo of a cat"])[0];
        Require(embedding.Length == clip.EmbeddingSize, $"an embedding has {embedding.Length} numbers, not {clip.EmbeddingSize}.");
        return 0;
    }

    protected override IReadOnlyList<Seed> CreateSeeds() => [.. files.Select(file => new Seed(file, TinyModel.Files[file]))];
}
