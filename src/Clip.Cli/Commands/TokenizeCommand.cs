using System.CommandLine;
using System.Globalization;
using System.Text;
using Clip.Cli.Files;
using Clip.Cli.Options;
using Clip.Tokenization;

namespace Clip.Cli.Commands;

/// <summary>Texts to token ids, line by line.</summary>
internal sealed class TokenizeCommand : ToolCommand
{
    // Enough that several threads have work, few enough that memory does not notice.
    private const int LinesAtOnce = 512;

    // Tokenizers that the files describe, with what they leave open.
    private static readonly Dictionary<string, PretrainedTokenizerOptions> Pretrained = new()
    {
        ["siglip2"] = PretrainedTokenizerOptions.Gemma,
        ["clipa"] = PretrainedTokenizerOptions.Clipa,
        ["bert"] = new(),
        ["roberta"] = new(),
        ["xlm-roberta"] = PretrainedTokenizerOptions.XlmRoberta,
        ["nllb"] = PretrainedTokenizerOptions.Nllb,
        ["t5"] = PretrainedTokenizerOptions.T5,
    };

    private readonly Option<string?> _vocabulary = Values.Text(
        "--vocab", "Folder or file with the vocabulary: vocab.json and merges.txt, tokenizer.json, bpe_simple_vocab_16e6.txt.gz, vocab.txt, or a SentencePiece model.", "FOLDER|FILE", required: true);

    private readonly Option<string?> _texts = Values.Text("--texts", "JSON Lines {\"text\": ...}; standard input when left out or -.", "FILE");

    private readonly Option<int?> _context = Values.Whole("--context", "Tokens per row, start and end included. Default: 77; 64 for siglip and siglip2, 32 for clipa.", 2, 1 << 16);

    private readonly Option<bool> _truncate = new("--truncate") { Description = "Cut texts that are too long, and end them with the end token." };

    private readonly Option<string?> _preset = Values.Choice(
        "--preset", "Whose cleaning and padding: OpenAI's clip.tokenize, open_clip, Hugging Face's CLIPTokenizer, SigLIP, or open_clip's way with a tokenizer of the Hub.",
        "openai", ["openai", "openclip", "hf", "siglip", .. Pretrained.Keys]);

    public TokenizeCommand(ToolConsole console)
        : base("tokenize", "Turn texts into token ids: JSON Lines {\"text\": ...} in, {\"ids\": [...]} out.", console)
    {
        Options.Add(_vocabulary);
        Options.Add(_texts);
        Options.Add(_context);
        Options.Add(_truncate);
        Options.Add(_preset);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "echo '{\"text\": \"a diagram\"}' | clip tokenize --vocab clip-vit-base-patch32",
        "clip tokenize --vocab bpe_simple_vocab_16e6.txt.gz --texts captions.jsonl --truncate > ids.jsonl",
    ];

    protected override async Task<int> RunAsync(Invocation invocation)
    {
        var tokenizer = CreateTokenizer(invocation);
        var path = invocation.Get(_texts);
        var (stream, name) = LineReader.Open(path, invocation.Console.Input);
        await using var opened = ReferenceEquals(stream, invocation.Console.Input) ? null : stream;

        var lines = new LineReader(stream, name);
        var batch = new TokenizedLines(tokenizer, invocation.Console);
        while (await lines.ReadAsync(invocation.Cancelled) is { } line)
        {
            if (!IsBlank(line.Span))
                batch.Add(Parse(line, lines), lines.Place);
            // Whoever waits for an answer before sending the next line gets it.
            if (batch.Count == LinesAtOnce || !lines.HasLine)
                batch.Write(invocation.Cancelled);
        }
        batch.Write(invocation.Cancelled);
        return batch.LeftOut == 0 ? ExitCodes.Ok : ExitCodes.SomeLeftOut;
    }

    private static bool IsBlank(ReadOnlySpan<byte> line) => line.Trim(" \t"u8).IsEmpty;

    private static string Parse(ReadOnlyMemory<byte> line, LineReader lines)
    {
        try
        {
            return TextLine.Parse(line, "text");
        }
        catch (FormatException e)
        {
            throw new FailureException($"{lines.Place}: {e.Message}", e);
        }
    }

    private ContextTokenizer CreateTokenizer(Invocation invocation)
    {
        var vocabulary = invocation.Get(_vocabulary)!;
        var overflow = invocation.Get(_truncate) ? TokenOverflow.Truncate : TokenOverflow.Throw;
        var preset = invocation.Get(_preset);
        if (preset == "siglip")
        {
            var sigLip = new SigLipTokenizerOptions { Overflow = overflow };
            return SigLipTokenizer.Load(vocabulary, sigLip with { ContextLength = invocation.Get(_context) ?? sigLip.ContextLength });
        }
        if (preset is not null && Pretrained.TryGetValue(preset, out var pretrained))
            return PretrainedTokenizer.Load(vocabulary, pretrained with { Overflow = overflow, ContextLength = invocation.Get(_context) ?? pretrained.ContextLength });
        var options = preset switch
        {
            "openclip" => ClipTokenizerOptions.OpenClip,
            "hf" => ClipTokenizerOptions.HuggingFace,
            "openai" or null => ClipTokenizerOptions.OpenAI,
            _ => throw new UsageException($"There is no tokenizer '{preset}'."),
        };
        return ClipTokenizer.Load(vocabulary, options with { Overflow = overflow, ContextLength = invocation.Get(_context) ?? options.ContextLength });
    }

    /// <summary>Lines that wait to be tokenized together.</summary>
    private sealed class TokenizedLines(ContextTokenizer tokenizer, ToolConsole console)
    {
        private readonly List<string> _texts = [];
        private readonly List<string> _places = [];
        private readonly StringBuilder _written = new();
        private int[] _rows = [];

        public int Count => _texts.Count;

        public long LeftOut { get; private set; }

        public void Add(string text, string place)
        {
            _texts.Add(text);
            _places.Add(place);
        }

        public void Write(CancellationToken cancellationToken)
        {
            if (Count == 0)
                return;
            var length = tokenizer.ContextLength;
            if (_rows.Length < Count * length)
                _rows = new int[Count * length];
            if (TryTokenize(cancellationToken))
            {
                for (var i = 0; i < Count; i++)
                    Append(_rows.AsSpan(i * length, length));
            }
            else
            {
                for (var i = 0; i < Count; i++)
                    AppendOne(i, _rows.AsSpan(0, length));
            }
            console.Output.Write(_written);
            console.Output.Flush();
            _written.Clear();
            _texts.Clear();
            _places.Clear();
        }

        private bool TryTokenize(CancellationToken cancellationToken)
        {
            try
            {
                tokenizer.Tokenize(_texts, _rows.AsMemory(0, Count * tokenizer.ContextLength), cancellationToken);
                return true;
            }
            catch (ArgumentException)
            {
                return false;
            }
        }

        private void AppendOne(int index, Span<int> row)
        {
            var fit = tokenizer.Overflow == TokenOverflow.Throw ? tokenizer.Fit(_texts[index]) : default;
            if (tokenizer.Overflow == TokenOverflow.Throw && !fit.Fits)
            {
                var problem = $"the text makes {fit.TokenCount} tokens, more than the {fit.ContextLength} of the context. --truncate cuts it.";
                console.Report($"{_places[index]}: {problem}");
                _written.Append("{\"ids\":null,\"error\":\"").Append(problem).Append("\"}\n");
                LeftOut++;
                return;
            }
            tokenizer.Tokenize(_texts[index], row);
            Append(row);
        }

        private void Append(ReadOnlySpan<int> row)
        {
            _written.Append("{\"ids\":[");
            for (var i = 0; i < row.Length; i++)
            {
                if (i > 0)
                    _written.Append(',');
                _written.Append(CultureInfo.InvariantCulture, $"{row[i]}");
            }
            _written.Append("]}\n");
        }
    }
}
