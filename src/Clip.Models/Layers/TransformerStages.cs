namespace Clip.Models;

/// <summary>The stages of a tower whose body is a transformer: embeddings, each block, and the head.</summary>
/// <remarks>Source: open_clip, lock_image_tower and lock_text_tower, where the last norm belongs to the last block.</remarks>
internal static class TransformerStages
{
    private const string Blocks = "transformer.resblocks.";

    /// <summary>The stage of a parameter.</summary>
    /// <param name="parameter">Its name in the tower.</param>
    /// <param name="layers">Number of blocks.</param>
    /// <param name="lastNorm">Beginning of the names of the norm behind the blocks.</param>
    /// <param name="head">Names, or first parts of names, of what pools and projects.</param>
    /// <returns>0 for embeddings, 1 to <paramref name="layers"/> for blocks, and one more for the head.</returns>
    public static int Of(string parameter, int layers, string lastNorm, params ReadOnlySpan<string> head)
    {
        if (TryBlock(parameter, Blocks) is { } block)
            return 1 + block;
        if (IsIn(parameter, lastNorm))
            return layers;
        foreach (var part in head)
        {
            if (IsIn(parameter, part))
                return layers + 1;
        }
        return 0;
    }

    /// <summary>The number of the block that a parameter is in; null where it is in none.</summary>
    /// <param name="parameter">Its name.</param>
    /// <param name="blocks">What the names in blocks begin with, before the number.</param>
    public static int? TryBlock(string parameter, string blocks)
    {
        if (!parameter.StartsWith(blocks, StringComparison.Ordinal))
            return null;
        var number = parameter.AsSpan(blocks.Length);
        return int.Parse(number[..number.IndexOf('.')], provider: null);
    }

    private static bool IsIn(string parameter, string part) =>
        parameter == part || (parameter.StartsWith(part, StringComparison.Ordinal) && parameter[part.Length] == '.');
}
