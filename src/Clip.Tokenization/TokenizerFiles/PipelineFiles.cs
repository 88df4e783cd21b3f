using Clip.Tokenization.Pipelines;

namespace Clip.Tokenization.TokenizerFiles;

/// <summary>Chooses among the files of a folder, and reads them.</summary>
internal static class PipelineFiles
{
    private static readonly string[] SentencePieceNames = ["sentencepiece.bpe.model", "spiece.model", "sentencepiece.model", "tokenizer.model"];

    /// <summary>Reads a folder or a file.</summary>
    /// <param name="path">The folder, or one of its files.</param>
    /// <param name="numbering">How the pieces of a SentencePiece model are numbered.</param>
    /// <param name="config">What the files beside it say.</param>
    /// <exception cref="FileNotFoundException">There is none that is known.</exception>
    /// <exception cref="VocabularyException">One is damaged, or says what is not supported.</exception>
    public static TextPipeline Read(string path, PieceNumbering numbering, out TokenizerConfig config)
    {
        var file = File.Exists(path) ? path : Find(path);
        var folder = Path.GetDirectoryName(file)!;
        config = TokenizerConfig.Read(folder);
        var name = Path.GetFileName(file);
        return Path.GetExtension(name) switch
        {
            ".txt" when name != BytePairFiles.MergesName => WordPieceFile.Read(file, config),
            ".txt" => BytePairFiles.Read(folder, config),
            ".json" when name == BytePairFiles.IdsName => BytePairFiles.Read(folder, config),
            ".json" => TokenizerJson.Read(file),
            TiktokenFile.Extension => TiktokenFile.Read(file),
            _ => SentencePieceReader.Read(file, numbering),
        };
    }

    // tokenizer.json says the most, and is what the originals read first.
    private static string Find(string folder)
    {
        string[] names = [TokenizerJson.FileName, .. SentencePieceNames, WordPieceFile.FileName, TiktokenFile.FileName];
        if (names.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists) is { } found)
            return found;
        var ids = Path.Combine(folder, BytePairFiles.IdsName);
        return File.Exists(ids) && File.Exists(Path.Combine(folder, BytePairFiles.MergesName)) ? ids : throw new FileNotFoundException(
            $"There is no tokenizer in '{folder}'. Put {TokenizerJson.FileName} from the repository of the weights or of their tokenizer there; or "
            + $"{WordPieceFile.FileName}, {string.Join(", ", SentencePieceNames)}, {TiktokenFile.FileName}, or {BytePairFiles.IdsName} with {BytePairFiles.MergesName}.",
            Path.Combine(folder, TokenizerJson.FileName));
    }
}
