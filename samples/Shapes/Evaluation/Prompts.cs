using Shapes.World;

namespace Shapes.Evaluation;

/// <summary>The prompts of zero-shot classification: none is a caption that training has to have shown.</summary>
internal static class Prompts
{
    private static readonly string[] Templates = ["a {}", "a photo of a {}.", "the image shows a {}", "there is a {}", "this is a {}"];

    /// <summary>The prompts of each class, in the order of <see cref="Combinations.All"/>.</summary>
    public static IEnumerable<string[]> OfAllPairs => Combinations.All.Select(pair => Fill($"{Words.Of(pair.Color)} {Words.Of(pair.Shape)}"));

    private static string[] Fill(string name) =>
        [.. Templates.Select(template => (name[0] == 'o' ? template.Replace("a {}", "an {}") : template).Replace("{}", name))];
}
