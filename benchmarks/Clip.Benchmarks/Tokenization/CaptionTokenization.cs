using BenchmarkDotNet.Attributes;
using Clip.Tokenization;

namespace Clip.Benchmarks.Tokenization;

/// <summary>Rows of token ids per second, cleaning included. CLIP_VOCABULARY names the folder of the published vocabulary.</summary>
[MemoryDiagnoser]
public class CaptionTokenization
{
    private const int Texts = 4_096;

    private static readonly string[] Plain =
    [
        "a photo of a tabby cat.", "a bad photo of the golden retriever.", "graffiti of an aqueduct.", "itap of my rhododendron.",
        "Two dogs running on the beach at sunset, seen from behind", "a black-and-white silhouette of a horse in the rain",
        "An oil painting of a lighthouse in a storm, 1887", "a low resolution photo of a pixelated plushie",
    ];

    private static readonly string[] Broken =
    [
        "The CafÃ©â€™s new menu", "“Curly” quotes — and an ellipsis…", "caf&eacute; &amp; cr&egrave;me", "ＦＵＬＬ width ﬁsh",
        "naïve façade in Köln", "日本語のキャプション", "smile 😀😀", "l\u2019e\u0301te\u0301",
    ];

    private ClipTokenizer _tokenizer = null!;
    private string[] _texts = [];
    private long[] _rows = [];

    /// <summary>ASCII captions, or captions of which each needs a repair or is not ASCII.</summary>
    [Params("ascii", "broken")]
    public string Captions { get; set; } = "";

    /// <summary>Loads the vocabulary.</summary>
    [GlobalSetup]
    public void Load()
    {
        var folder = Environment.GetEnvironmentVariable("CLIP_VOCABULARY")
            ?? throw new InvalidOperationException("Set CLIP_VOCABULARY to a folder with vocab.json and merges.txt.");
        _tokenizer = ClipTokenizer.Load(folder);
        var captions = Captions == "ascii" ? Plain : Broken;
        _texts = [.. Enumerable.Range(0, Texts).Select(i => captions[i % captions.Length])];
        _rows = new long[Texts * _tokenizer.ContextLength];
        Console.WriteLine($"{Captions}: {_texts.Average(text => _tokenizer.CountTokens(text) + 2.0):F1} tokens per text, start and end included");
    }

    /// <summary>One text after another on one thread.</summary>
    [Benchmark(OperationsPerInvoke = Texts)]
    public void OneThread()
    {
        for (var i = 0; i < Texts; i++)
            _tokenizer.Tokenize(_texts[i], _rows.AsSpan(i * _tokenizer.ContextLength, _tokenizer.ContextLength));
    }

    /// <summary>All texts in one call.</summary>
    [Benchmark(OperationsPerInvoke = Texts)]
    public void Batch() => _tokenizer.Tokenize(_texts, _rows);
}
