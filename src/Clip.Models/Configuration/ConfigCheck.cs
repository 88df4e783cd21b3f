using System.Runtime.CompilerServices;

namespace Clip.Models;

/// <summary>Checks the values of a config and names the one that is wrong by its path, such as Image.PatchSize.</summary>
/// <param name="path">The path of the config whose properties are checked, "" at the root.</param>
internal readonly struct ConfigCheck(string path)
{
    // Far above any published model (at most 1,792 channels, 56 layers, 901,629 tokens): what is larger is a broken or
    // hostile file, and is refused before anything is allocated.
    public const int LargestWidth = 65_536;
    public const int MostLayers = 1_024;
    public const int LargestVocabulary = 16_777_216;
    public const int LongestContext = 65_536;
    public const int LargestResolution = 16_384;

    public ConfigCheck Of(string property) => new(PathOf(property));

    public void InRange(int value, int least, int most, [CallerArgumentExpression(nameof(value))] string property = "")
    {
        if (value < least || value > most)
            Fail(property, $"{value} is not between {least} and {most}");
    }

    public void IsDefined<TEnum>(TEnum value, [CallerArgumentExpression(nameof(value))] string property = "")
        where TEnum : struct, Enum
    {
        if (!Enum.IsDefined(value))
            Fail(property, $"{value} is not one of {string.Join(", ", Enum.GetNames<TEnum>())}");
    }

    public void That(bool condition, string property, string problem)
    {
        if (!condition)
            Fail(property, problem);
    }

    /// <summary>What a check found wrong, without the parameter's name that .NET puts behind it.</summary>
    public static string Describe(ArgumentException exception)
    {
        var end = exception.Message.LastIndexOf(" (Parameter ", StringComparison.Ordinal);
        return end < 0 ? exception.Message : exception.Message[..end];
    }

    private void Fail(string property, string problem)
    {
        var name = PathOf(property);
        throw new ArgumentException($"{name}: {problem}.", name);
    }

    private string PathOf(string property) => string.IsNullOrEmpty(path) ? property : $"{path}.{property}";
}
