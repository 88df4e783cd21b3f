namespace Clip.ZeroShot.ClassBanks;

/// <summary>What a list of class names has to be.</summary>
internal static class ClassNameRules
{
    public static void Check(IReadOnlyList<string> classNames, ClassBankOptions options)
    {
        if (classNames.Count == 0)
            throw new ArgumentException("At least one class name is needed.", nameof(classNames));

        var places = new Dictionary<string, int>(classNames.Count, StringComparer.Ordinal);
        for (var i = 0; i < classNames.Count; i++)
        {
            if (Problem(classNames[i]) is { } problem)
                throw new ArgumentException($"Class name {i} {problem}.", nameof(classNames));
            if (places.TryAdd(classNames[i], i) || options.AllowDuplicateNames)
                continue;
            throw new ArgumentException(
                $"Class name {i}, \"{classNames[i]}\", is class name {places[classNames[i]]} already, and the two could not be told apart. "
                + $"Say what sets it apart, as in \"crane (bird)\", or make the bank with {nameof(ClassBankOptions)}.{nameof(ClassBankOptions.AllowDuplicateNames)}.",
                nameof(classNames));
        }
    }

    /// <summary>What is wrong with a name by itself; null when nothing is.</summary>
    public static string? Problem(string? name) => name switch
    {
        null => "is null",
        _ when string.IsNullOrWhiteSpace(name) => "is blank",
        _ when !WellFormed.IsText(name) => "is not valid text: it has half of a surrogate pair",
        _ => null,
    };
}
