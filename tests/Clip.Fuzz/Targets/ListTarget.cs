using Clip.Fuzz.Mutation;
using Clip.Training.Data;

namespace Clip.Fuzz.Targets;

/// <summary>Lists of images and captions.</summary>
internal sealed class ListTarget(string name, Mutator mutator, Func<IReadOnlyList<Seed>> createSeeds) : FuzzTarget
{
    public override string Name => name;

    public override string Calls => "CaptionedImages.FromList";

    public override IReadOnlyList<Type> Documented { get; } = [typeof(PairDataException)];

    public override Mutator Mutator => mutator;

    public override ulong Read(FuzzInput input)
    {
        using var source = CaptionedImages.FromList(input.Write(), TinyPairs.Options, new CaptionColumns { MaxRows = 100_000 });
        Require(source.Images.Count > 0, "a list without rows was accepted.");
        Require(source.Images.All(image => image is { Path.Length: > 0, Caption: not null }), "a row lacks a path or a caption.");
        return 0;
    }

    protected override IReadOnlyList<Seed> CreateSeeds() => createSeeds();
}
