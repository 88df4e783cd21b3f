using System.Text.Json;
using System.Text.Unicode;

namespace Clip.Shared;

/// <summary>Small JSON files as the standard has them: UTF-8, no comments, no duplicate keys, little nesting.</summary>
internal static class StrictJsonFile
{
    // The longest published config has some 6 kB.
    private const long MostBytes = 1 << 20;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 32 };

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="fail">Makes the exception for a file that is none of these; its argument goes on where "The file " begins.</param>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static JsonDocument Read(string path, Func<string, Exception?, Exception> fail)
    {
        if (RegularFile.FindProblem(path) is { } problem)
            throw fail(problem, null);
        var length = new FileInfo(path).Length;
        if (length > MostBytes)
            throw fail($"has {length} bytes, more than any real config; at most {MostBytes} are read.", null);
        return Parse(File.ReadAllBytes(path), fail);
    }

    /// <summary>Reads what <see cref="Read"/> reads from memory.</summary>
    public static JsonDocument Parse(ReadOnlyMemory<byte> text, Func<string, Exception?, Exception> fail)
    {
        if (!Utf8.IsValid(text.Span))
            throw fail("is not UTF-8 text.", null);
        try
        {
            return JsonDocument.Parse(text, Strict);
        }
        catch (JsonException e)
        {
            throw fail($"is not valid JSON: {e.Message}", e);
        }
    }
}
