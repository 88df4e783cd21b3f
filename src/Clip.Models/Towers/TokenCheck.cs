using Clip.Shared;

namespace Clip.Models;

/// <summary>What the text tower's public methods check before any native call.</summary>
internal static class TokenCheck
{
    public static void Require(Tensor tokens, TextTowerConfig config)
    {
        var shape = tokens.shape;
        if (shape.Length != 2 || shape[1] == 0 || shape[1] > config.ContextLength)
        {
            throw new ArgumentException(
                $"Tokens must be [N, L] with L from 1 to {config.ContextLength} but were [{string.Join(", ", shape)}].", nameof(tokens));
        }
        if (!config.TakesShorterTexts && shape[1] != config.ContextLength)
        {
            throw new ArgumentException(
                $"Tokens must be padded to [N, {config.ContextLength}] but were [{string.Join(", ", shape)}]; this tower sees its padding.",
                nameof(tokens));
        }
        if (tokens.dtype is not (ScalarType.Int64 or ScalarType.Int32))
            throw new ArgumentException($"Tokens must be integer ids, int64 or int32, but were {tokens.dtype}.", nameof(tokens));

        // On other devices the look would wait for all work before it.
        if (tokens.device_type == DeviceType.CPU && shape[0] > 0)
            RequireKnownIds(tokens, config.VocabularySize);
    }

    private static void RequireKnownIds(Tensor tokens, int vocabularySize)
    {
        using var lowest = tokens.min();
        using var highest = tokens.max();
        var (least, most) = (lowest.ReadInt64(), highest.ReadInt64());
        if (least < 0 || most >= vocabularySize)
        {
            throw new ArgumentException(
                $"Token ids must be from 0 to {vocabularySize - 1} but were from {least} to {most}; they come from another vocabulary.",
                nameof(tokens));
        }
    }
}
