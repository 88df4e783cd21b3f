using System.Text;
using Clip.Fuzz.Mutation;
using Clip.Tokenization;

namespace Clip.Fuzz.Targets;

/// <summary>Texts of any kind through a tokenizer: none is refused.</summary>
internal sealed class TextTarget(string name, Func<string, ContextTokenizer> load, Func<IReadOnlyList<Seed>> createVocabulary) : FuzzTarget
{
    private readonly Lazy<ContextTokenizer> _tokenizer = new(() =>
    {
        using var folder = new TemporaryFolder();
        foreach (var (fileName, bytes) in createVocabulary())
            folder.Write(fileName, bytes);
        return load(folder.Path);
    });

    public override string Name => name;

    public override string Calls => "Tokenize, Fit, Decode";

    public override IReadOnlyList<Type> Documented => [];

    public override Mutator Mutator { get; } = new LinesMutator();

    public override int Share => 30;

    /// <summary>Fails unless the ids of texts are the vocabulary's.</summary>
    public static void Check(ContextTokenizer tokenizer, params IEnumerable<string> texts)
    {
        foreach (var text in texts)
        {
            var ids = tokenizer.Tokenize(text);
            Require(ids.Length == tokenizer.ContextLength, $"a row has {ids.Length} ids.");
            Require(ids.All(id => id >= 0 && id < tokenizer.VocabularySize), $"an id is none of {tokenizer.VocabularySize}: {string.Join(' ', ids)}.");
            Require(ids.Contains(tokenizer.EndTokenId), $"a row has no end: {string.Join(' ', ids)}.");
            Require(tokenizer.Fit(text).TokenCount > 0, "a text has no tokens, not even an end.");
            _ = tokenizer.Decode(ids.Select(id => (int)id));
        }
    }

    // Every second input as UTF-16, which has halves of characters.
    public override ulong Read(FuzzInput input)
    {
        Check(_tokenizer.Value, (input.Bytes.Length % 2 == 0 ? Encoding.Unicode : Encoding.UTF8).GetString(input.Bytes));
        return 0;
    }

    protected override IReadOnlyList<Seed> CreateSeeds() =>
    [
        .. File.ReadLines(Fixtures.Find("tokenizer", "openai_tokenize.jsonl")).Take(200).Select(line => new Seed("text", Encoding.UTF8.GetBytes(line))),
        new("utf16", Encoding.Unicode.GetBytes("caf\u00e9 \ud83d\ude00 \u3042\u3099 &lt;b&gt; \u00c3\u00a9 <|startoftext|>x<|endoftext|>\u0130\u212b")),
    ];
}
