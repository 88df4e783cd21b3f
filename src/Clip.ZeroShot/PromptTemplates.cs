using System.Collections;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Clip.ZeroShot;

/// <summary>Sentences with a place for a class name, such as "a photo of a {}."; immutable and compared by content.</summary>
/// <remarks>
/// <para>A class is described by all sentences together: the mean of their embeddings is steadier than any one of them.</para>
/// <para>Source: Radford et al. 2021, section 3.1.4, "Prompt engineering and ensembling".</para>
/// <code>
/// PromptTemplates templates = ["a photo of a {}.", "a drawing of a {}."];
/// </code>
/// </remarks>
[CollectionBuilder(typeof(PromptTemplates), nameof(Of))]
public sealed class PromptTemplates : IReadOnlyList<string>, IEquatable<PromptTemplates>
{
    /// <summary>Where the class name goes: a pair of braces with nothing between.</summary>
    public const string Placeholder = "{}";

    private readonly ImmutableArray<string> _templates;

    private PromptTemplates(ImmutableArray<string> templates) => _templates = templates;

    /// <summary>The 80 sentences of OpenAI's ImageNet evaluation, in their order.</summary>
    /// <remarks>Source: openai/CLIP, notebooks/Prompt_Engineering_for_ImageNet.ipynb, <c>imagenet_templates</c>.</remarks>
    public static PromptTemplates ImageNet { get; } = Of([.. TextResource.ReadLines("imagenet_templates.txt")]);

    /// <summary>The 7 sentences that do nearly as well as the 80, found by forward selection.</summary>
    /// <remarks>Source: the same notebook, its last section.</remarks>
    public static PromptTemplates Simple { get; } = Of(
        "itap of a {}.",
        "a bad photo of the {}.",
        "a origami {}.",
        "a photo of the large {}.",
        "a {} in a video game.",
        "art of the {}.",
        "a photo of the small {}.");

    /// <summary>The paper's default, "a photo of a {}.".</summary>
    /// <remarks>Source: Radford et al. 2021, section 3.1.4.</remarks>
    public static PromptTemplates Photo { get; } = Of("a photo of a {}.");

    /// <summary>The class name alone, "{}": for class names that are whole sentences.</summary>
    public static PromptTemplates None { get; } = Of(Placeholder);

    /// <summary>The number of templates, at least 1.</summary>
    public int Count => _templates.Length;

    /// <summary>A template, with its placeholders.</summary>
    /// <param name="index">From 0, below <see cref="Count"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> is outside the list.</exception>
    public string this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            return _templates[index];
        }
    }

    /// <summary>Makes a list of templates.</summary>
    /// <param name="templates">
    /// At least one; each has the placeholder <c>{}</c> at least once. A template that appears twice counts twice in the mean.
    /// </param>
    /// <exception cref="ArgumentException">There is no template, or one is null or has no placeholder; the message names its place.</exception>
    public static PromptTemplates Of(params ReadOnlySpan<string> templates)
    {
        if (templates.IsEmpty)
            throw new ArgumentException("At least one template is needed; PromptTemplates.None is the class name alone.", nameof(templates));
        for (var i = 0; i < templates.Length; i++)
        {
            if (templates[i] is null)
                throw new ArgumentException($"Template {i} is null.", nameof(templates));
            if (!templates[i].Contains(Placeholder, StringComparison.Ordinal))
                throw new ArgumentException($"Template {i}, \"{templates[i]}\", has no {Placeholder}; write it where the class name goes, as in \"a photo of a {Placeholder}.\".", nameof(templates));
            if (!WellFormed.IsText(templates[i]))
                throw new ArgumentException($"Template {i} is not valid text: it has half of a surrogate pair.", nameof(templates));
        }
        return new PromptTemplates([.. templates]);
    }

    /// <summary>Understands what a person writes on a command line or in settings.</summary>
    /// <param name="text">"imagenet", "simple", "photo" or "none" in any case, or one template.</param>
    /// <exception cref="ArgumentException"><paramref name="text"/> is neither.</exception>
    public static PromptTemplates Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.ToUpperInvariant() switch
        {
            "IMAGENET" => ImageNet,
            "SIMPLE" => Simple,
            "PHOTO" => Photo,
            "NONE" => None,
            _ when text.Contains(Placeholder, StringComparison.Ordinal) => Of(text),
            _ => throw new ArgumentException(
                $"\"{text}\" is no set of templates; write imagenet, simple, photo, none, or a sentence with {Placeholder} where the class name goes.",
                nameof(text)),
        };
    }

    /// <summary>The prompts of one class, in the order of the templates.</summary>
    /// <param name="className">Put in place of each placeholder as it is; braces in it mean nothing.</param>
    public IReadOnlyList<string> Fill(string className)
    {
        ArgumentNullException.ThrowIfNull(className);
        return Array.ConvertAll(_templates.ToArray(), template => template.Replace(Placeholder, className, StringComparison.Ordinal));
    }

    /// <inheritdoc/>
    public bool Equals(PromptTemplates? other) => other is not null && _templates.AsSpan().SequenceEqual(other._templates.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PromptTemplates);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var template in _templates)
            hash.Add(template, StringComparer.Ordinal);
        return hash.ToHashCode();
    }

    /// <summary>The template, or how many there are and the first.</summary>
    public override string ToString() => Count == 1 ? _templates[0] : $"{Count} templates, the first: {_templates[0]}";

    /// <inheritdoc/>
    public IEnumerator<string> GetEnumerator() => ((IEnumerable<string>)_templates).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
