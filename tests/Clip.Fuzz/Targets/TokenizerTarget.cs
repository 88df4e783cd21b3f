using Clip.Fuzz.Mutation;
using Clip.Tokenization;

namespace Clip.Fuzz.Targets;

/// <summary>Files of a vocabulary, and texts through what was read from them.</summary>
/// <param name="name">The target's name.</param>
/// <param name="mutator">Changes one of the files.</param>
/// <param name="load">Reads the files in a folder.</param>
/// <param name="createSeeds">The files that belong together.</param>
internal sealed class TokenizerTarget(string name, Mutator mutator, Func<string, ContextTokenizer> load, Func<IReadOnlyList<Seed>> createSeeds) : FuzzTarget
{
    private static readonly string[] s_texts = ["", "a cat", "Hello, WORLD!\u00e9 &amp; \ud83d\ude00 <|endoftext|> " + new string('a', 100)];

    public override string Name => name;

    public override string Calls => "Load, Tokenize, Decode";

    public override IReadOnlyList<Type> Documented { get; } = [typeof(VocabularyException)];

    public override Mutator Mutator => mutator;

    public override int Share => Seeds[0].Bytes.Length > 100_000 ? 1 : 10;

    public override ulong Read(FuzzInput input)
    {
        input.WriteAmong(Seeds);
        TextTarget.Check(load(input.Folder), s_texts);
        return 0;
    }

    protected override IReadOnlyList<Seed> CreateSeeds() => createSeeds();
}
