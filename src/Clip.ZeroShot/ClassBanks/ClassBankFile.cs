using System.Globalization;
using System.Numerics.Tensors;
using Clip.Checkpoints;
using Clip.Runtime;
using Clip.Shared;

namespace Clip.ZeroShot.ClassBanks;

/// <summary>A class bank as a safetensors file.</summary>
internal static class ClassBankFile
{
    public const string TensorName = "class_embeddings";
    public const string FormatKey = "clip_class_bank";
    public const string ClassNamesKey = "class_names";
    public const string TemplatesKey = "templates";
    public const string WeightsKey = "weights_sha256";
    public const string ModelKey = "model";
    public const string SizeKey = "embedding_size";

    private const string FormatVersion = "1";

    // Rounding to float32 moves the length of a row by less than 1e-6.
    private const double LengthTolerance = 1e-4;

    public static void Write(ClassBank bank, string path, string weightsHash)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        TorchLibraries.EnsureLoaded();
        using var rows = tensor(bank.Embeddings.ToArray(), [bank.ClassNames.Count, bank.EmbeddingSize], ScalarType.Float32, CPU);
        SafetensorsFile.Write(path, [KeyValuePair.Create(TensorName, rows)], new Dictionary<string, string>
        {
            [FormatKey] = FormatVersion,
            [ClassNamesKey] = StringList.Write(bank.ClassNames),
            [TemplatesKey] = StringList.Write(bank.Templates),
            [WeightsKey] = weightsHash,
            [ModelKey] = bank.ModelName,
            [SizeKey] = bank.EmbeddingSize.ToString(CultureInfo.InvariantCulture),
        });
    }

    public static ClassBank Read(string path)
    {
        using var file = Checkpoint.Open(path);
        if (file.Format != CheckpointFormat.Safetensors)
            throw Wrong(file, $"is a checkpoint of kind {file.Format}, but a class bank is a single safetensors file.");
        if (Metadata(file, FormatKey) is var version && version != FormatVersion)
            throw Wrong(file, $"is a class bank of version '{Shorten(version)}', but this library reads version {FormatVersion}. Make the bank anew.");

        var names = StringList.Parse(file, ClassNamesKey, Metadata(file, ClassNamesKey));
        var templates = ReadTemplates(file);
        var weights = Metadata(file, WeightsKey);
        if (weights.Length != 64 || weights.AsSpan().ContainsAnyExcept("0123456789abcdef"))
            throw Wrong(file, $"has no SHA-256 in lower-case hexadecimal under '{WeightsKey}'.");
        for (var i = 0; i < names.Count; i++)
        {
            if (ClassNameRules.Problem(names[i]) is { } problem)
                throw Wrong(file, $"has a class name, {i}, that {problem}.");
        }

        var rows = ReadRows(file, names.Count);
        return new ClassBank(names, templates, rows, Metadata(file, ModelKey), _ => weights, maker: null);
    }

    private static float[] ReadRows(Checkpoint file, int classes)
    {
        if (file.Tensors.Count != 1 || !file.Tensors.TryGetValue(TensorName, out var info))
            throw Wrong(file, $"should have one tensor, '{TensorName}', but has {file.Tensors.Count}.");
        var size = Metadata(file, SizeKey);
        if (info.DType != ScalarType.Float32 || info.Shape is not [var rowCount, var channels] || rowCount != classes || channels < 1
            || size != channels.ToString(CultureInfo.InvariantCulture))
        {
            throw Wrong(file, $"should have '{TensorName}' as Float32 [{classes}, {Shorten(size)}], but it is {info.DType} [{string.Join(", ", info.Shape)}].");
        }
        if (info.ElementCount > Array.MaxLength)
            throw Wrong(file, $"has {info.ElementCount:N0} numbers, more than fit into memory at once.");

        using var stored = file.ReadTensor(TensorName);
        var rows = new float[info.ElementCount];
        for (var i = 0; i < classes; i++)
        {
            var row = rows.AsSpan(i * (int)channels, (int)channels);
            TensorRows.Get<float>(stored, i).CopyTo(row);
            var length = (double)TensorPrimitives.Norm<float>(row);
            // Written so that NaN fails.
            if (!(Math.Abs(length - 1) <= LengthTolerance))
                throw Wrong(file, $"has a row, {i}, of length {length:G6}; the rows of a class bank are of length 1.");
        }
        return rows;
    }

    private static PromptTemplates ReadTemplates(Checkpoint file)
    {
        var templates = StringList.Parse(file, TemplatesKey, Metadata(file, TemplatesKey));
        try
        {
            return PromptTemplates.Of([.. templates]);
        }
        catch (ArgumentException e)
        {
            throw Wrong(file, $"has templates that are none: {e.Message}", e);
        }
    }

    private static string Metadata(Checkpoint file, string key) => file.Metadata.TryGetValue(key, out var value)
        ? value
        : throw Wrong(file, $"is no class bank: '{key}' is missing in its metadata. Banks are written by {nameof(ClassBank)}.{nameof(ClassBank.Save)}.");

    private static string Shorten(string text) => text.Length <= 32 ? text : text[..32] + "...";

    private static CheckpointException Wrong(Checkpoint file, string problem, Exception? inner = null) => new(file.Path, problem, inner);
}
