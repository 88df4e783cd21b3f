namespace Clip.Tokenization.Vocabularies;

/// <summary>A SentencePiece model file, made fit for Microsoft.ML.Tokenizers.</summary>
/// <remarks>
/// The file is a protocol buffer: pieces in field 1, how it was trained in field 2, with the ids of the start token in field 41 and
/// of the end token in field 42 of that. SigLIP's models have no start token, id -1, which the library takes for an index.
/// </remarks>
internal sealed class SentencePieceFile
{
    private const int Pieces = 1;
    private const int Trainer = 2;
    private const int StartId = 41;
    private const int EndId = 42;

    private int _startId = 1;
    private int _endId = 2;

    private SentencePieceFile()
    {
    }

    /// <summary>The file's bytes, with the end token standing in for a start token that is missing.</summary>
    public byte[] Bytes { get; private set; } = [];

    /// <summary>Number of pieces.</summary>
    public int PieceCount { get; private set; }

    /// <summary>Takes a file's bytes. What is wrong with them is for the library to find.</summary>
    public static SentencePieceFile Read(byte[] bytes)
    {
        var file = new SentencePieceFile();
        file.ReadModel(bytes);
        // A message that follows another one of the same field is merged into it.
        file.Bytes = file._startId >= 0 || file._endId is < 0 or > 0x7F
            ? bytes
            : [.. bytes, (Trainer << 3) | 2, 3, ((StartId << 3) & 0x7F) | 0x80, (StartId << 3) >> 7, (byte)file._endId];
        return file;
    }

    private void ReadModel(ReadOnlySpan<byte> model)
    {
        while (Protobuf.TryReadField(ref model, out var field, out _, out var message))
        {
            if (field == Pieces)
                PieceCount++;
            else if (field == Trainer)
                ReadTrainer(message);
        }
    }

    private void ReadTrainer(ReadOnlySpan<byte> trainer)
    {
        while (Protobuf.TryReadField(ref trainer, out var field, out var number, out _))
        {
            if (field == StartId)
                _startId = (int)number;
            else if (field == EndId)
                _endId = (int)number;
        }
    }
}
